import { families, type LabelPlan, type ViewPlan } from './sample-domain.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A picture to be filled: where it was taken, in which season, and its size in pixels. */
export interface Picture {
  season: number
  view: ViewPlan
  width: number
  height: number
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

const labels = families.flatMap(({ categories }) => categories)

/**
 * Draws the boxes of one picture by perspective: a thing twice as near is twice as large and lower down.
 * @returns label index, x, y, width, height of each box, one after the other.
 */
export function drawBoxes(picture: Picture, random: SeededRandom): number[] {
  return labels.flatMap((label, labelIndex) => {
    const inSeason = label.season === undefined || label.season === picture.season
    if (!inSeason || !random.chance(label.seen)) return []
    return boxesOf(label, picture, random).flatMap(({ x, y, width, height }) => [
      labelIndex,
      x,
      y,
      width,
      height,
    ])
  })
}

function boxesOf(label: LabelPlan, picture: Picture, random: SeededRandom): Box[] {
  const boxes: Box[] = []
  // The product of two fractions leans to few: most pictures show one or two, some a crowd.
  const tries = 1 + Math.floor(random.fraction() * random.fraction() * label.atMost)
  for (let done = 0; done < tries; done += 1) {
    const box = cropped(placed(label, picture, random), picture)
    if (box !== undefined && !boxes.some((other) => nearlySame(box, other))) boxes.push(box)
  }
  return boxes
}

/** Puts a thing on the field as the camera sees it; it may reach out of the picture. */
function placed(label: LabelPlan, { view, width, height }: Picture, random: SeededRandom): Box {
  const metre = random.between(...view.metre) * height
  // No two robots have the same shape and no box is drawn to the pixel.
  const boxWidth = label.widthMetres * metre * random.between(0.88, 1.15)
  const boxHeight = label.heightMetres * metre * random.between(0.88, 1.15)
  const carpet = view.horizon * height + view.cameraMetres * metre
  const bottom = carpet - random.between(...label.liftMetres) * metre
  const centre = random.between(0.02, 0.98) * width
  return { x: centre - boxWidth / 2, y: bottom - boxHeight, width: boxWidth, height: boxHeight }
}

/** Cuts a box to the picture in whole pixels. @returns undefined when too little stays to label it. */
function cropped(box: Box, picture: Picture): Box | undefined {
  const left = Math.max(0, Math.round(box.x))
  const top = Math.max(0, Math.round(box.y))
  const right = Math.min(picture.width, Math.round(box.x + box.width))
  const bottom = Math.min(picture.height, Math.round(box.y + box.height))
  const leastPixels = 6
  if (right - left < leastPixels || bottom - top < leastPixels) return undefined
  const visible = ((right - left) * (bottom - top)) / (box.width * box.height)
  return visible < 0.4 ? undefined : { x: left, y: top, width: right - left, height: bottom - top }
}

/** Whether two boxes share more than half of what they cover together. */
function nearlySame(a: Box, b: Box): boolean {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (across <= 0 || down <= 0) return false
  const shared = across * down
  return shared > (a.width * a.height + b.width * b.height - shared) / 2
}
