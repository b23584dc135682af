/**
 * Makes `sample-set.json`. Run by hand after a change of the plan: `node src/dataset/make-sample-set.ts`.
 * The same plan and seed give the same bytes, and a test compares them with the committed file.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type PackedBatch, type PackedSet, rfc3339 } from './packed-set.ts'
import { drawBoxes } from './sample-boxes.ts'
import {
  type EventPlan,
  events,
  families,
  pictureSizes,
  teamCount,
  type ViewPlan,
  views,
} from './sample-domain.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

const seed = 2026
const minuteSeconds = 60
const hourSeconds = 60 * minuteSeconds
const daySeconds = 24 * hourSeconds
const matchesPerBatch = 15

/** One team's camera during one batch: same place, same size, files numbered on. */
interface Camera {
  teamNumber: number
  view: ViewPlan
  width: number
  height: number
  nextFile: (match: string) => string
}

/** Makes the set anew. @returns the text of `sample-set.json`. */
export function makeSampleSet(): string {
  const random = seededRandom(seed)
  const teams = drawTeams(random)
  const batches = events.flatMap((event, index) =>
    eventBatches(event, teamsAt(index, teams), random),
  )
  const super_categories = families.map(({ name, description, categories }) => ({
    name,
    description,
    categories: categories.map((label) => ({ name: label.name, description: label.description })),
  }))
  return written({ super_categories, batches })
}

/** Draws distinct team numbers, as spread out as those of a real season. */
function drawTeams(random: SeededRandom): number[] {
  const numbers = new Set<number>()
  while (numbers.size < teamCount) numbers.add(random.whole(40, 9990))
  return [...numbers]
}

/** Deals the teams to the events, two in a row sharing a few: each team is at home at one event. */
function teamsAt(eventIndex: number, teams: readonly number[]): number[] {
  const perEvent = teams.length / events.length
  const start = Math.floor(eventIndex * perEvent)
  const guests = 3
  return [...teams, ...teams].slice(start, Math.ceil(start + perEvent) + guests)
}

function eventBatches(
  event: EventPlan,
  teams: readonly number[],
  random: SeededRandom,
): PackedBatch[] {
  const takers = inTurn(teams)
  return event.reviewed.map((reviewed, index) => {
    // Two batches a day, eight hours apart give or take two: each is up before the next one starts.
    const eveningSeconds = (index % 2) * 8 * hourSeconds
    const startSeconds =
      Math.floor(index / 2) * daySeconds +
      eveningSeconds +
      random.whole(17 * hourSeconds, 19 * hourSeconds)
    const cameras = Array.from({ length: random.whole(2, 3) }, () => camera(takers(), random))
    return fillBatch({ event, index, reviewed, startSeconds, cameras }, random)
  })
}

function inTurn<T>(list: readonly T[]): () => T {
  let turn = 0
  return () => {
    const next = list[turn % list.length]
    if (next === undefined) throw new RangeError('Nobody is there to take a turn')
    turn += 1
    return next
  }
}

function camera(teamNumber: number, random: SeededRandom): Camera {
  let count = random.whole(1, 4000)
  const style = random.pick<(match: string, digits: string) => string>([
    (_match, digits) => `IMG_${digits}.jpg`,
    (_match, digits) => `frame_00${digits}.png`,
    (match, digits) => `${match}_${digits}.jpg`,
  ])
  return {
    teamNumber,
    view: random.pick(views),
    ...random.pick(pictureSizes),
    nextFile: (match) => {
      count += random.whole(1, 9)
      return style(match, String(count).padStart(4, '0'))
    },
  }
}

interface BatchPlan {
  event: EventPlan
  index: number
  reviewed: number | null
  startSeconds: number
  cameras: readonly Camera[]
}

function fillBatch(plan: BatchPlan, random: SeededRandom): PackedBatch {
  const { event, index, reviewed, startSeconds, cameras } = plan
  const batch: PackedBatch = {
    uploaded_by: random.pick(cameras).teamNumber,
    event_key: event.key,
    created_at: rfc3339(Date.parse(event.firstDay) + startSeconds * 1000),
    processed: reviewed !== null,
    team_numbers: [],
    matches: [],
    file_names: [],
    widths: [],
    heights: [],
    uploaded_after: [],
    reviewed_after: [],
    boxes: [],
  }
  const count = random.whole(66, 118)
  let uploadedAfter = 0
  for (let done = 0; done < count; done += 1) {
    const { teamNumber, view, width, height, nextFile } = random.pick(cameras)
    const match = matchName(index, done / count, index === event.reviewed.length - 1)
    uploadedAfter += random.whole(1, 6)
    batch.team_numbers.push(teamNumber)
    batch.matches.push(match)
    batch.file_names.push(nextFile(match))
    batch.widths.push(width)
    batch.heights.push(height)
    batch.uploaded_after.push(uploadedAfter)
    batch.reviewed_after.push(reviewDelay(reviewed, random))
    // While a batch is being processed, only the first half of it has boxes.
    const hasBoxes = reviewed !== null || done < count / 2
    batch.boxes.push(
      hasBoxes ? drawBoxes({ season: event.season, view, width, height }, random) : [],
    )
  }
  return batch
}

/** Names the match that a picture shows: pictures of a batch follow the schedule. */
function matchName(batchIndex: number, share: number, isLastBatch: boolean): string {
  const played = Math.floor(share * matchesPerBatch)
  if (!isLastBatch) return `qm${batchIndex * matchesPerBatch + played + 1}`
  const semifinals = 13 // double elimination among eight alliances
  return played < semifinals ? `sf${played + 1}m1` : `f1m${played - semifinals + 1}`
}

function reviewDelay(reviewed: number | null, random: SeededRandom): number | null {
  if (reviewed === null || !random.chance(reviewed)) return null
  return random.whole(2 * hourSeconds, 12 * daySeconds)
}

/** One line per family and per batch, so that a change of the plan shows as a readable difference. */
function written({ super_categories, batches }: Omit<PackedSet, 'revision'>): string {
  const lines = (list: readonly object[]) => list.map((entry) => JSON.stringify(entry)).join(',\n')
  const content = `"super_categories":[\n${lines(super_categories)}\n],\n"batches":[\n${lines(batches)}\n]`
  const revision = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return `{"revision":"${revision}",\n${content}}\n`
}

if (import.meta.main) {
  const text = makeSampleSet()
  const file = new URL('./sample-set.json', import.meta.url)
  writeFileSync(file, text)
  const { revision, batches } = JSON.parse(text) as PackedSet
  const images = batches.reduce((sum, batch) => sum + batch.boxes.length, 0)
  console.log(
    `sample-set.json: revision ${revision}, ${batches.length} batches, ${images} images, ${text.length} bytes`,
  )
}
