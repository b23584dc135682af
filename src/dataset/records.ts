/** Whether a person has checked the boxes of an image. */
export const imageStatuses = ['reviewed', 'un_reviewed'] as const
export type ImageStatus = (typeof imageStatuses)[number]

/**
 * How far an upload is: `processing` while boxes are still being suggested for its images, `in_review`
 * while people check them, `done` when every image is reviewed.
 */
export const batchStatuses = ['processing', 'in_review', 'done'] as const
export type BatchStatus = (typeof batchStatuses)[number]

/** A labelled box in whole pixels, origin at the top left, wholly inside its image. */
export interface Annotation {
  id: string
  category: string
  super_category: string
  x: number
  y: number
  width: number
  height: number
}

/** What is known of an image without its boxes. Times are RFC 3339 UTC. */
export interface ImageFacts {
  /** `img_00001`: opaque to callers; ids sort by upload time. */
  id: string
  batch_id: string
  /** The team that took the picture. */
  team_number: number
  event_key: string
  /** `{event_key}_{match}`, such as `2026wamt_qm12`. */
  match_key: string
  file_name: string
  width: number
  height: number
  status: ImageStatus
  uploaded_at: string
  /** null exactly while `status` is `un_reviewed`. */
  reviewed_at: string | null
}

/** An image as a list shows it. */
export interface ImageSummary extends ImageFacts {
  annotation_count: number
}

/** An image with its boxes: checked ones when reviewed, suggested ones before. */
export interface ImageRecord extends ImageFacts {
  annotations: Annotation[]
}

/** One label, with how often it occurs. */
export interface Category {
  name: string
  description: string
  /** Images with at least one box of this label. */
  image_count: number
  annotation_count: number
}

/** A family of labels. Its `image_count` counts an image once, however many of its labels are in it. */
export interface SuperCategory extends Category {
  categories: Category[]
}

/** Images that one team uploaded in one go. */
export interface Batch {
  id: string
  /** Number of the team that uploaded it; single images may be those of its alliance partners. */
  uploaded_by: number
  event_key: string
  created_at: string
  status: BatchStatus
  image_count: number
  reviewed_image_count: number
  /** Reviewed share, 0 to 1, cut to three decimals: 1 means all. */
  progress: number
}

/** An image that waits for review. */
export interface QueuedImage extends ImageSummary {
  batch: Batch
  /** Labels of the suggested boxes, each once, in the order of the catalogue. */
  suggested_categories: string[]
}

/** The size of the whole set. */
export interface DatasetStats {
  image_count: number
  un_reviewed_image_count: number
  /** Teams with at least one image. */
  team_count: number
}

/** A stretch of a list. `next_cursor` is null on the last page. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
