/** What is painted into the sample set: labels with their real size, seasons, events, cameras. */

/** A label and how it looks on a field. */
export interface LabelPlan {
  name: string
  description: string
  /** The season that has it; every season when absent. */
  season?: number
  widthMetres: number
  heightMetres: number
  /** How high its lower edge may be above the carpet, in metres: lowest and highest. */
  liftMetres: readonly [number, number]
  /** Probability that a picture of its season shows any. */
  seen: number
  /** Most of them in one picture. */
  atMost: number
}

/** A family of labels. */
export interface FamilyPlan {
  name: string
  description: string
  categories: readonly LabelPlan[]
}

const onCarpet = [0, 0] as const

/** Every label of the set, by family. */
export const families: readonly FamilyPlan[] = [
  {
    name: 'game_piece',
    description: 'What robots pick up and score.',
    categories: [
      {
        name: 'cone',
        description: 'Yellow rubber cone of Charged Up, the game of 2023.',
        season: 2023,
        widthMetres: 0.21,
        heightMetres: 0.33,
        liftMetres: [0, 0.6],
        seen: 0.62,
        atMost: 4,
      },
      {
        name: 'cube',
        description: 'Purple inflated cube of Charged Up, the game of 2023.',
        season: 2023,
        widthMetres: 0.24,
        heightMetres: 0.24,
        liftMetres: [0, 0.6],
        seen: 0.58,
        atMost: 4,
      },
      {
        name: 'note',
        description: 'Orange foam ring of Crescendo, the game of 2024.',
        season: 2024,
        widthMetres: 0.36,
        heightMetres: 0.12,
        liftMetres: [0, 0.4],
        seen: 0.82,
        atMost: 6,
      },
      {
        name: 'coral',
        description: 'White pipe of Reefscape, the game of 2025.',
        season: 2025,
        widthMetres: 0.3,
        heightMetres: 0.12,
        liftMetres: [0, 1.4],
        seen: 0.78,
        atMost: 5,
      },
      {
        name: 'algae',
        description: 'Teal rubber ball of Reefscape, the game of 2025.',
        season: 2025,
        widthMetres: 0.41,
        heightMetres: 0.41,
        liftMetres: [0, 1.1],
        seen: 0.64,
        atMost: 4,
      },
      {
        name: 'fuel',
        description: 'Yellow foam ball of Rebuilt, the game of 2026.',
        season: 2026,
        widthMetres: 0.15,
        heightMetres: 0.15,
        liftMetres: [0, 1.2],
        seen: 0.88,
        atMost: 9,
      },
    ],
  },
  {
    name: 'robot',
    description: 'Robots, told apart by the colour of their bumpers.',
    categories: [
      {
        name: 'red_robot',
        description: 'Robot of the red alliance, bumpers included.',
        widthMetres: 0.9,
        heightMetres: 0.85,
        liftMetres: onCarpet,
        seen: 0.66,
        atMost: 3,
      },
      {
        name: 'blue_robot',
        description: 'Robot of the blue alliance, bumpers included.',
        widthMetres: 0.9,
        heightMetres: 0.85,
        liftMetres: onCarpet,
        seen: 0.66,
        atMost: 3,
      },
    ],
  },
  {
    name: 'field',
    description: 'Parts of the field that stay where they are.',
    categories: [
      {
        name: 'april_tag',
        description: 'Square black-and-white marker that robots find their position by.',
        widthMetres: 0.2,
        heightMetres: 0.2,
        liftMetres: [0.3, 1.4],
        seen: 0.4,
        atMost: 3,
      },
      {
        name: 'charge_station',
        description: 'Tilting platform of 2023.',
        season: 2023,
        widthMetres: 2.4,
        heightMetres: 0.5,
        liftMetres: onCarpet,
        seen: 0.28,
        atMost: 1,
      },
      {
        name: 'speaker',
        description: 'High goal of 2024 with its slanted hood.',
        season: 2024,
        widthMetres: 1.05,
        heightMetres: 0.6,
        liftMetres: [1.9, 2.0],
        seen: 0.3,
        atMost: 1,
      },
      {
        name: 'amp',
        description: 'Low slot of 2024 in the side wall.',
        season: 2024,
        widthMetres: 0.6,
        heightMetres: 0.45,
        liftMetres: [0.6, 0.7],
        seen: 0.18,
        atMost: 1,
      },
      {
        name: 'reef',
        description: 'Six-sided scoring structure of 2025.',
        season: 2025,
        widthMetres: 1.65,
        heightMetres: 1.8,
        liftMetres: onCarpet,
        seen: 0.36,
        atMost: 1,
      },
      {
        name: 'processor',
        description: 'Opening for algae of 2025 in the side wall.',
        season: 2025,
        widthMetres: 0.7,
        heightMetres: 0.5,
        liftMetres: [0.18, 0.2],
        seen: 0.16,
        atMost: 1,
      },
      {
        name: 'hub',
        description: 'Goal for fuel of 2026.',
        season: 2026,
        widthMetres: 1.2,
        heightMetres: 1.8,
        liftMetres: onCarpet,
        seen: 0.36,
        atMost: 1,
      },
      {
        name: 'tower',
        description: 'Climbing frame of 2026.',
        season: 2026,
        widthMetres: 1.2,
        heightMetres: 1.85,
        liftMetres: onCarpet,
        seen: 0.22,
        atMost: 1,
      },
    ],
  },
  {
    name: 'person',
    description: 'People at the edge of the field.',
    categories: [
      {
        name: 'human_player',
        description: 'Team member who hands game pieces into the field.',
        widthMetres: 0.55,
        heightMetres: 1.7,
        liftMetres: onCarpet,
        seen: 0.2,
        atMost: 2,
      },
      {
        name: 'referee',
        description: 'Referee in the striped shirt.',
        widthMetres: 0.55,
        heightMetres: 1.75,
        liftMetres: onCarpet,
        seen: 0.14,
        atMost: 2,
      },
    ],
  },
]

/** An event: invented, with a key of the usual shape (season, region, place). */
export interface EventPlan {
  key: string
  season: number
  /** The first day, as RFC 3339 date. */
  firstDay: string
  /** Share of reviewed images in each of its batches; null for one that is still being processed. */
  reviewed: readonly (number | null)[]
}

/** The events in order of time: old uploads are reviewed, the newest still wait. */
export const events: readonly EventPlan[] = [
  { key: '2023orpk', season: 2023, firstDay: '2023-03-10', reviewed: [1, 1, 1, 1, 1] },
  { key: '2023mnbl', season: 2023, firstDay: '2023-03-31', reviewed: [1, 1, 1, 0.94, 1] },
  { key: '2024txrv', season: 2024, firstDay: '2024-03-08', reviewed: [1, 1, 1, 1, 0.97] },
  { key: '2024ncfh', season: 2024, firstDay: '2024-03-29', reviewed: [1, 0.9, 1, 1, 1] },
  { key: '2025casl', season: 2025, firstDay: '2025-03-14', reviewed: [1, 1, 0.85, 1, 0.7] },
  { key: '2025onlk', season: 2025, firstDay: '2025-04-04', reviewed: [1, 0.8, 0.88, 1, 0.6] },
  { key: '2026wamt', season: 2026, firstDay: '2026-03-06', reviewed: [1, 0.75, 0.6, 0.5, 0.35] },
  { key: '2026gapr', season: 2026, firstDay: '2026-03-27', reviewed: [0.4, 0.25, 0.1, null, null] },
]

/** How many teams take part in the whole set. */
export const teamCount = 60

/** A place to take pictures from: a pinhole camera, lengths as shares of the picture's height. */
export interface ViewPlan {
  /** How high the camera is above the carpet, in metres. */
  cameraMetres: number
  /** Where the horizon is, from the top. */
  horizon: number
  /** Size of one metre at the far end and close by. */
  metre: readonly [number, number]
}

/** Stands, edge of the field, on a robot. */
export const views: readonly ViewPlan[] = [
  { cameraMetres: 5, horizon: 0.12, metre: [0.045, 0.14] },
  { cameraMetres: 1.6, horizon: 0.36, metre: [0.07, 0.32] },
  { cameraMetres: 0.7, horizon: 0.42, metre: [0.09, 0.62] },
]

/** Picture sizes in pixels. */
export const pictureSizes = [
  { width: 640, height: 480 },
  { width: 1280, height: 720 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 2016, height: 1512 },
] as const
