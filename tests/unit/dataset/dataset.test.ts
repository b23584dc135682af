import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CursorError } from '#dataset/cursor.ts'
import { openDataset } from '#dataset/dataset.ts'
import type { PageRequest } from '#dataset/page.ts'
import { type ImageRecord, imageStatuses, type ImageStatus, type Page } from '#dataset/records.ts'
import sampleSet from '#dataset/sample-set.json' with { type: 'json' }

const dataset = openDataset()

/** Follows the cursors to the end. */
function walk<T>(list: (request: PageRequest) => Page<T>, limit = 100): T[] {
  const items: T[] = []
  let cursor: string | undefined
  for (;;) {
    const page = list({ limit, cursor })
    items.push(...page.items)
    if (page.next_cursor === null) return items
    expect(page.items).toHaveLength(limit)
    cursor = page.next_cursor
  }
}

// Every record by its id, counted from the file itself: the plain filters below start from these.
const imageTotal = sampleSet.batches.reduce((sum, batch) => sum + batch.boxes.length, 0)
const records = Array.from({ length: imageTotal }, (_, index) =>
  imageOf(`img_${String(index + 1).padStart(5, '0')}`),
)
const annotations = records.flatMap((record) => record.annotations)
const names = sampleSet.super_categories.flatMap((family) => [
  family.name,
  ...family.categories.map(({ name }) => name),
])
const filters = [undefined, ...names].flatMap((category) =>
  [undefined, ...imageStatuses].map((status) => ({ category, status })),
)

function imageOf(id: string): ImageRecord {
  const record = dataset.image(id)
  if (record === undefined) throw new Error(`${id} is missing`)
  return record
}

function passes(
  record: ImageRecord,
  { category, status }: { category: string | undefined; status: ImageStatus | undefined },
): boolean {
  const named = record.annotations.flatMap((box) => [box.category, box.super_category])
  return (
    (category === undefined || named.includes(category)) &&
    (status === undefined || record.status === status)
  )
}

describe('images', () => {
  test.each(filters)('with $category, $status come once each, in order', (filter) => {
    const walked = walk((request) => dataset.images({ ...filter, ...request }))
    const plain = records.filter((record) => passes(record, filter))
    expect(walked.map(({ id }) => id)).toEqual(plain.map(({ id }) => id))
  })

  test('walk the same whatever the limit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...filters),
        fc.integer({ min: 1, max: 100 }),
        (filter, limit) => {
          const ids = walk((request) => dataset.images({ ...filter, ...request }), limit)
          const plain = records.filter((record) => passes(record, filter))
          expect(ids.map(({ id }) => id)).toEqual(plain.map(({ id }) => id))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('in a list are their records without annotations, but with the number of them', () => {
    const listed = walk((request) => dataset.images(request))
    const expected = records.map(({ annotations: boxes, ...facts }) => ({
      ...facts,
      annotation_count: boxes.length,
    }))
    expect(listed).toEqual(expected)
  })

  test('of a category that does not exist are none', () => {
    for (const category of ['ufo', '', '*', 'constructor', '__proto__']) {
      expect(dataset.hasCategory(category)).toBe(false)
      expect(dataset.images({ category })).toEqual({ items: [], next_cursor: null })
    }
  })

  test('that do not exist are undefined', () => {
    for (const id of ['', 'img_0', 'img_00000', 'img_99999', '__proto__']) {
      expect(dataset.image(id)).toBeUndefined()
    }
  })

  test('refuse the cursor of another filter and of the review queue', () => {
    const foreign = [
      dataset.images({ category: 'note' }).next_cursor,
      dataset.images({ status: 'reviewed' }).next_cursor,
      dataset.reviewQueue().next_cursor,
    ]
    for (const cursor of foreign) {
      expect(() => dataset.images({ cursor: cursor ?? '' })).toThrow(CursorError)
    }
  })

  test('accept a cursor under another limit', () => {
    const first = dataset.images({ limit: 7 })
    const next = dataset.images({ limit: 3, cursor: first.next_cursor ?? '' })
    expect(next.items.map(({ id }) => id)).toEqual(records.slice(7, 10).map(({ id }) => id))
  })

  test('are fresh objects: what a caller changes stays with the caller', () => {
    const before = structuredClone(imageOf('img_00001'))
    const record = imageOf('img_00001')
    record.team_number = 0
    record.annotations.length = 0
    const [listed] = dataset.images({ limit: 1 }).items
    if (listed !== undefined) listed.file_name = 'changed'
    expect(imageOf('img_00001')).toEqual(before)
    expect(dataset.images({ limit: 1 }).items[0]?.file_name).toBe(before.file_name)
  })
})

describe('a record', () => {
  test('has its boxes inside the image, in whole pixels', () => {
    const outside = records.filter((image) =>
      image.annotations.some(
        (box) =>
          ![box.x, box.y, box.width, box.height].every(Number.isInteger) ||
          box.x < 0 ||
          box.y < 0 ||
          box.width < 1 ||
          box.height < 1 ||
          box.x + box.width > image.width ||
          box.y + box.height > image.height,
      ),
    )
    expect(outside).toEqual([])
  })

  test('has an id of its own, and so has each of its boxes', () => {
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
    expect(new Set(annotations.map(({ id }) => id)).size).toBe(annotations.length)
  })

  test('has ids that sort by upload time', () => {
    const byTime = records.toSorted((a, b) => a.uploaded_at.localeCompare(b.uploaded_at))
    expect(byTime.map(({ id }) => id)).toEqual(records.map(({ id }) => id))
    expect(records.map(({ id }) => id).toSorted()).toEqual(records.map(({ id }) => id))
  })

  test('has a time of review exactly when it is reviewed, later than its upload', () => {
    for (const { status, uploaded_at, reviewed_at } of records) {
      expect(reviewed_at !== null).toBe(status === 'reviewed')
      if (reviewed_at !== null) expect(reviewed_at > uploaded_at).toBe(true)
    }
  })

  test('writes its times in RFC 3339, UTC, whole seconds', () => {
    const time = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
    for (const { uploaded_at, reviewed_at } of records) {
      expect(uploaded_at).toMatch(time)
      if (reviewed_at !== null) expect(reviewed_at).toMatch(time)
    }
  })

  test('has a match of its event', () => {
    for (const { event_key, match_key } of records) {
      expect(event_key).toMatch(/^20\d\d[a-z]{4}$/)
      expect(match_key.slice(0, event_key.length + 1)).toBe(`${event_key}_`)
      expect(match_key.slice(event_key.length + 1)).toMatch(/^(qm\d+|sf\d+m\d|f\dm\d)$/)
    }
  })

  test('has a file name that its team does not use twice in a batch', () => {
    const files = records.map((image) =>
      [image.batch_id, image.team_number, image.file_name].join('/'),
    )
    expect(new Set(files).size).toBe(files.length)
  })
})

describe('stats', () => {
  test('are the numbers of the set', () => {
    expect(dataset.stats()).toEqual({
      image_count: records.length,
      un_reviewed_image_count: records.filter(({ status }) => status === 'un_reviewed').length,
      team_count: new Set(records.map(({ team_number }) => team_number)).size,
    })
  })

  test('are those of a set that is worth paging: thousands of images, dozens of teams', () => {
    const { image_count, un_reviewed_image_count, team_count } = dataset.stats()
    expect(image_count).toBeGreaterThanOrEqual(3000)
    expect(image_count).toBeLessThanOrEqual(4000)
    expect(un_reviewed_image_count).toBeGreaterThan(500)
    expect(team_count).toBeGreaterThanOrEqual(50)
  })
})

describe('categories', () => {
  const families = dataset.categories()

  test('count as a plain filter does', () => {
    for (const family of families) {
      for (const { name, image_count, annotation_count } of [family, ...family.categories]) {
        const boxes = annotations.filter(
          ({ category, super_category }) => category === name || super_category === name,
        )
        expect(annotation_count).toBe(boxes.length)
        expect(image_count).toBe(
          records.filter((record) => passes(record, { category: name, status: undefined })).length,
        )
      }
    }
  })

  test('each occur, have words of their own and a name that nothing else has', () => {
    const all = families.flatMap((family) => [family, ...family.categories])
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    expect(new Set(all.map(({ description }) => description)).size).toBe(all.length)
    expect(all.filter(({ annotation_count }) => annotation_count === 0)).toEqual([])
    expect(all.every(({ name }) => dataset.hasCategory(name))).toBe(true)
  })

  test('are the family of each of their boxes', () => {
    for (const { category, super_category } of annotations) {
      const family = families.find(({ name }) => name === super_category)
      expect(family?.categories.some(({ name }) => name === category)).toBe(true)
    }
  })
})

describe('the review queue', () => {
  const queue = walk((request) => dataset.reviewQueue(request))

  test('holds every image that waits, once, oldest first', () => {
    const waiting = records.filter(({ status }) => status === 'un_reviewed')
    expect(queue.map(({ id }) => id)).toEqual(waiting.map(({ id }) => id))
    const times = queue.map(({ uploaded_at }) => uploaded_at)
    expect(times).toEqual(times.toSorted())
  })

  test('shows each image with its batch and the labels of its suggested boxes', () => {
    for (const { id, batch_id, batch, suggested_categories } of queue) {
      expect(batch).toEqual(dataset.batch(batch_id))
      const labels = new Set(imageOf(id).annotations.map(({ category }) => category))
      expect(suggested_categories).toEqual(names.filter((name) => labels.has(name)))
    }
  })

  test('refuses the cursor of a list of the same images', () => {
    const { next_cursor } = dataset.images({ status: 'un_reviewed' })
    expect(() => dataset.reviewQueue({ cursor: next_cursor ?? '' })).toThrow(CursorError)
  })
})

describe('batches', () => {
  const batches = dataset.batches()

  test('come newest first, and each by its id', () => {
    const times = batches.map(({ created_at }) => created_at)
    expect(times).toEqual(times.toSorted().reverse())
    for (const batch of batches) expect(dataset.batch(batch.id)).toEqual(batch)
    expect(dataset.batch('batch_000')).toBeUndefined()
  })

  test('count as a plain filter does, and hold every image', () => {
    for (const batch of batches) {
      const images = records.filter(({ batch_id }) => batch_id === batch.id)
      const reviewed = images.filter(({ status }) => status === 'reviewed')
      expect(batch.image_count).toBe(images.length)
      expect(batch.reviewed_image_count).toBe(reviewed.length)
      const share = reviewed.length / images.length
      expect(batch.progress).toBeLessThanOrEqual(share)
      expect(batch.progress).toBeGreaterThan(share - 0.001)
      expect(images.some(({ team_number }) => team_number === batch.uploaded_by)).toBe(true)
      expect(images.every(({ event_key }) => event_key === batch.event_key)).toBe(true)
      expect(images.every(({ uploaded_at }) => uploaded_at > batch.created_at)).toBe(true)
    }
    expect(batches.reduce((sum, batch) => sum + batch.image_count, 0)).toBe(records.length)
  })

  test('are done exactly when all is reviewed, and only then is their progress 1', () => {
    for (const { status, progress, image_count, reviewed_image_count } of batches) {
      expect(status === 'done').toBe(image_count === reviewed_image_count)
      expect(progress === 1).toBe(status === 'done')
      if (status === 'processing') expect(reviewed_image_count).toBe(0)
    }
  })

  test('are found in each state', () => {
    expect(new Set(batches.map(({ status }) => status))).toEqual(
      new Set(['processing', 'in_review', 'done']),
    )
  })
})
