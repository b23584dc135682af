import type { Annotation, ImageFacts } from './records.ts'

/** `sample-set.json`: columns per batch, no repeated field names, nothing that can be derived. */
export interface PackedSet {
  /** Changes with every change of the content: 12 hexadecimal digits of its SHA-256. */
  revision: string
  /** Labels by family. A box names its label by its index in the flattened list. */
  super_categories: PackedSuperCategory[]
  /** In order of upload; a batch is complete before the next one starts. */
  batches: PackedBatch[]
}

/** A label as it is stored. */
export interface PackedCategory {
  name: string
  description: string
}

/** A family of labels as it is stored. */
export interface PackedSuperCategory extends PackedCategory {
  categories: PackedCategory[]
}

/** One upload as it is stored: entry n of each column belongs to its n-th image. */
export interface PackedBatch {
  uploaded_by: number
  event_key: string
  created_at: string
  /** Whether every image has its suggested boxes. */
  processed: boolean
  team_numbers: number[]
  matches: string[]
  file_names: string[]
  widths: number[]
  heights: number[]
  /** Seconds from `created_at` to the upload. */
  uploaded_after: number[]
  /** Seconds from the upload to the review; null while it waits. */
  reviewed_after: (number | null)[]
  /** Label index, x, y, width, height: five numbers a box, one box after the other. */
  boxes: number[][]
}

/** Numbers that one box takes in `PackedBatch.boxes`. */
export const numbersPerBox = 5

/** A label with its family, as a box refers to it. */
export interface Label {
  name: string
  superName: string
}

/** One image, unpacked as far as lists need it; its boxes stay packed until it is asked for. */
export interface ImageRow {
  facts: ImageFacts
  boxes: readonly number[]
  /** How many boxes all images before it have: its first box is the next one. */
  boxesBefore: number
}

/** Flattens the families into the list that boxes point into. */
export function labelsOf(set: PackedSet): Label[] {
  return set.super_categories.flatMap(({ name: superName, categories }) =>
    categories.map(({ name }) => ({ name, superName })),
  )
}

/** Numbers the batches: `batch_001` is the oldest. */
export function batchId(index: number): string {
  return `batch_${numbered(index, 3)}`
}

/**
 * Unpacks every image, oldest upload first.
 * @throws {TypeError} when a column is shorter than its batch.
 */
export function unpackImages(set: PackedSet): ImageRow[] {
  const rows: ImageRow[] = []
  let boxesBefore = 0
  for (const [batchIndex, batch] of set.batches.entries()) {
    const batch_id = batchId(batchIndex)
    for (const [at, boxes] of batch.boxes.entries()) {
      const ids = { id: `img_${numbered(rows.length, 5)}`, batch_id }
      rows.push({ facts: unpackFacts(ids, batch, at), boxes, boxesBefore })
      boxesBefore += boxes.length / numbersPerBox
    }
  }
  return rows
}

/** Unpacks the boxes of one image. */
export function unpackAnnotations(row: ImageRow, labels: readonly Label[]): Annotation[] {
  const count = row.boxes.length / numbersPerBox
  return Array.from({ length: count }, (_, index) => {
    const start = index * numbersPerBox
    const label = entry(labels, entry(row.boxes, start))
    return {
      id: `ann_${numbered(row.boxesBefore + index, 5)}`,
      category: label.name,
      super_category: label.superName,
      x: entry(row.boxes, start + 1),
      y: entry(row.boxes, start + 2),
      width: entry(row.boxes, start + 3),
      height: entry(row.boxes, start + 4),
    }
  })
}

/** Lists the labels of one image, one per box. */
export function labelsOfBoxes(row: ImageRow, labels: readonly Label[]): Label[] {
  const found: Label[] = []
  for (let start = 0; start < row.boxes.length; start += numbersPerBox) {
    found.push(entry(labels, entry(row.boxes, start)))
  }
  return found
}

function unpackFacts(
  ids: Pick<ImageFacts, 'id' | 'batch_id'>,
  batch: PackedBatch,
  at: number,
): ImageFacts {
  const uploadedAtMs = Date.parse(batch.created_at) + entry(batch.uploaded_after, at) * 1000
  const reviewedAfter = entry(batch.reviewed_after, at)
  return {
    ...ids,
    team_number: entry(batch.team_numbers, at),
    event_key: batch.event_key,
    match_key: `${batch.event_key}_${entry(batch.matches, at)}`,
    file_name: entry(batch.file_names, at),
    width: entry(batch.widths, at),
    height: entry(batch.heights, at),
    status: reviewedAfter === null ? 'un_reviewed' : 'reviewed',
    uploaded_at: rfc3339(uploadedAtMs),
    reviewed_at: reviewedAfter === null ? null : rfc3339(uploadedAtMs + reviewedAfter * 1000),
  }
}

/** Writes a time in whole seconds, UTC, such as `2026-03-06T17:05:00Z`. */
export function rfc3339(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}

function numbered(index: number, digits: number): string {
  return String(index + 1).padStart(digits, '0')
}

function entry<T>(column: readonly T[], index: number): T {
  const value = column[index]
  if (value === undefined) throw new TypeError(`sample-set.json: a column ends before ${index}`)
  return value
}
