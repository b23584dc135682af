import { z } from '@hono/zod-openapi'
import { batchStatuses, imageStatuses } from '#dataset/records.ts'
import { MomentSchema } from './schemas.ts'

/** Whether a person has checked the boxes. */
export const ImageStatusSchema = z.enum(imageStatuses, {
  error: `Use one of ${imageStatuses.join(', ')}.`,
})

const AnnotationSchema = z
  .object({
    id: z.string().openapi({ example: 'box_00001_1' }),
    category: z.string().openapi({ example: 'coral' }),
    super_category: z.string().openapi({ example: 'game_piece' }),
    x: z.int().openapi({ description: 'Left edge in pixels.', example: 412 }),
    y: z.int().openapi({ description: 'Top edge in pixels.', example: 230 }),
    width: z.int().openapi({ example: 96 }),
    height: z.int().openapi({ example: 40 }),
  })
  .openapi('Annotation', { description: 'A box in whole pixels, origin at the top left.' })

const imageFacts = {
  id: z.string().openapi({ example: 'img_00001' }),
  batch_id: z.string().openapi({ example: 'batch_001' }),
  team_number: z.int().openapi({ description: 'The team that took it.', example: 254 }),
  event_key: z.string().openapi({ example: '2026casj' }),
  match_key: z.string().openapi({ example: '2026casj_qm12' }),
  file_name: z.string(),
  width: z.int().openapi({ example: 1920 }),
  height: z.int().openapi({ example: 1080 }),
  status: ImageStatusSchema,
  uploaded_at: MomentSchema,
  reviewed_at: MomentSchema.nullable(),
}

/** An image as a list shows it. */
export const ImageSummarySchema = z
  .object({ ...imageFacts, annotation_count: z.int().openapi({ example: 4 }) })
  .openapi('ImageSummary')

/** An image with its boxes. */
export const ImageSchema = z
  .object({ ...imageFacts, annotations: z.array(AnnotationSchema) })
  .openapi('Image')

/** Images that one team uploaded in one go. */
export const BatchSchema = z
  .object({
    id: z.string().openapi({ example: 'batch_001' }),
    uploaded_by: z.int().openapi({ description: 'Number of the team.', example: 254 }),
    event_key: z.string().openapi({ example: '2026casj' }),
    created_at: MomentSchema,
    status: z.enum(batchStatuses),
    image_count: z.int().openapi({ example: 90 }),
    reviewed_image_count: z.int().openapi({ example: 45 }),
    progress: z.number().openapi({ description: 'Reviewed share, 0 to 1.', example: 0.5 }),
  })
  .openapi('Batch')

/** An image that waits for review. */
export const QueuedImageSchema = ImageSummarySchema.extend({
  batch: BatchSchema,
  suggested_categories: z.array(z.string()).openapi({ example: ['coral', 'red_robot'] }),
}).openapi('QueuedImage')
