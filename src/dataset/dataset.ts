import {
  batchId,
  type ImageRow,
  type Label,
  labelsOf,
  labelsOfBoxes,
  numbersPerBox,
  type PackedBatch,
  type PackedCategory,
  type PackedSet,
  type PackedSuperCategory,
  unpackAnnotations,
  unpackImages,
} from './packed-set.ts'
import { type PageRequest, pageOf } from './page.ts'
import type {
  Batch,
  BatchStatus,
  Category,
  DatasetStats,
  ImageRecord,
  ImageStatus,
  ImageSummary,
  Page,
  QueuedImage,
  SuperCategory,
} from './records.ts'
import sampleSet from './sample-set.json' with { type: 'json' }

/** Which images are wanted, and which stretch of them. */
export interface ImageQuery extends PageRequest {
  /** Name of a category or of a super-category. */
  category?: string | undefined
  status?: ImageStatus | undefined
}

/** The sample set, read-only. Every answer is made of fresh objects: a caller may change what it got. */
export interface Dataset {
  stats(): DatasetStats
  /** Families of labels with their counts, in the order of the catalogue. */
  categories(): SuperCategory[]
  /** Whether a label or a family of labels has this name. */
  hasCategory(name: string): boolean
  /**
   * One page of images, oldest upload first. A category that does not exist matches nothing.
   * @throws {CursorError} @throws {RangeError} for a limit outside 1 to 100
   */
  images(query?: ImageQuery): Page<ImageSummary>
  /** @returns undefined when there is no such image. */
  image(id: string): ImageRecord | undefined
  /**
   * One page of the images that wait for review, oldest upload first.
   * @throws {CursorError} @throws {RangeError} for a limit outside 1 to 100
   */
  reviewQueue(request?: PageRequest): Page<QueuedImage>
  /** Every batch, newest first. */
  batches(): Batch[]
  /** @returns undefined when there is no such batch. */
  batch(id: string): Batch | undefined
}

/** Opens the committed sample set and builds its indexes; a page then costs O(limit). */
export function openDataset(): Dataset {
  const set: PackedSet = sampleSet
  const labels = labelsOf(set)
  const rows = unpackImages(set)
  const rowById = new Map(rows.map((row) => [row.facts.id, row]))
  const index = indexRows(rows, labels)
  const batches = set.batches.map(describeBatch)
  const batchById = new Map(batches.map((batch) => [batch.id, batch]))
  const teamCount = new Set(rows.map(({ facts }) => facts.team_number)).size

  const queued = (row: ImageRow): QueuedImage => {
    const batch = batchById.get(row.facts.batch_id)
    if (batch === undefined) throw new TypeError(`${row.facts.id} has no batch`)
    const suggested = new Set(labelsOfBoxes(row, labels))
    return {
      ...summary(row),
      batch: { ...batch },
      suggested_categories: labels.filter((label) => suggested.has(label)).map(({ name }) => name),
    }
  }

  return {
    stats: () => ({
      image_count: rows.length,
      un_reviewed_image_count: index.every.un_reviewed.length,
      team_count: teamCount,
    }),
    categories: () => set.super_categories.map((family) => countFamily(family, index)),
    hasCategory: (name) => index.byName.has(name),
    images({ category, status, ...request } = {}) {
      const lists = category === undefined ? index.every : index.byName.get(category)
      const scope = `${set.revision} images ${JSON.stringify([category, status])}`
      const page = pageOf(lists?.[status ?? 'all'] ?? [], scope, request)
      return { ...page, items: page.items.map(summary) }
    },
    image(id) {
      const row = rowById.get(id)
      return row && { ...row.facts, annotations: unpackAnnotations(row, labels) }
    },
    reviewQueue(request = {}) {
      const page = pageOf(index.every.un_reviewed, `${set.revision} review-queue`, request)
      return { ...page, items: page.items.map(queued) }
    },
    batches: () => batches.map((batch) => ({ ...batch })).reverse(),
    batch(id) {
      const batch = batchById.get(id)
      return batch && { ...batch }
    },
  }
}

/** The rows that pass one category filter, for each status filter; all in the order of upload. */
type Lists = Record<'all' | ImageStatus, ImageRow[]>

/** What is built once: the lists of each filter, and how many boxes each label has. */
interface Index {
  every: Lists
  byName: Map<string, Lists>
  boxCounts: Map<string, number>
}

function indexRows(rows: readonly ImageRow[], labels: readonly Label[]): Index {
  const every = emptyLists()
  const names = labels.flatMap(({ name, superName }) => [name, superName])
  const byName = new Map(names.map((name) => [name, emptyLists()]))
  const boxCounts = new Map(names.map((name) => [name, 0]))
  for (const row of rows) {
    addTo(every, row)
    const boxNames = labelsOfBoxes(row, labels).flatMap(({ name, superName }) => [name, superName])
    for (const name of boxNames) boxCounts.set(name, (boxCounts.get(name) ?? 0) + 1)
    for (const name of new Set(boxNames)) addTo(byName.get(name), row)
  }
  return { every, byName, boxCounts }
}

function emptyLists(): Lists {
  return { all: [], reviewed: [], un_reviewed: [] }
}

function addTo(lists: Lists | undefined, row: ImageRow): void {
  lists?.all.push(row)
  lists?.[row.facts.status].push(row)
}

function countFamily(family: PackedSuperCategory, index: Index): SuperCategory {
  const counted = ({ name, description }: PackedCategory): Category => ({
    name,
    description,
    image_count: index.byName.get(name)?.all.length ?? 0,
    annotation_count: index.boxCounts.get(name) ?? 0,
  })
  return { ...counted(family), categories: family.categories.map(counted) }
}

function summary(row: ImageRow): ImageSummary {
  return { ...row.facts, annotation_count: row.boxes.length / numbersPerBox }
}

function describeBatch(packed: PackedBatch, index: number): Batch {
  const image_count = packed.reviewed_after.length
  const reviewed_image_count = packed.reviewed_after.filter((after) => after !== null).length
  return {
    id: batchId(index),
    uploaded_by: packed.uploaded_by,
    event_key: packed.event_key,
    created_at: packed.created_at,
    status: batchStatus(packed.processed, reviewed_image_count === image_count),
    image_count,
    reviewed_image_count,
    progress: Math.floor((reviewed_image_count / image_count) * 1000) / 1000,
  }
}

function batchStatus(processed: boolean, allReviewed: boolean): BatchStatus {
  if (!processed) return 'processing'
  return allReviewed ? 'done' : 'in_review'
}
