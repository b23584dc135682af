import { z } from '@hono/zod-openapi'
import { batchStatuses, imageStatuses } from '#dataset/records.ts'
import { MomentSchema } from './schemas.ts'

/** Whether a person has checked the boxes. */
export const ImageStatusSchema = z.enum(imageStatuses, {
  error: `Use one of ${imageStatuses.join(', ')}.`,
})

const AnnotationSchema = z
  .object({
    id: z.string().openapi({ description: 'Id of the box.', example: 'box_00001_1' }),
    category: z.string().openapi({ description: 'The label.', example: 'coral' }),
    super_category: z
      .string()
      .openapi({ description: 'The family of the label.', example: 'game_piece' }),
    x: z.int().openapi({ description: 'Left edge, in pixels.', example: 412 }),
    y: z.int().openapi({ description: 'Top edge, in pixels.', example: 230 }),
    width: z.int().openapi({ description: 'Width in pixels.', example: 96 }),
    height: z.int().openapi({ description: 'Height in pixels.', example: 40 }),
  })
  .openapi('Annotation', { description: 'A box in whole pixels, origin at the top left.' })

const imageFacts = {
  id: z.string().openapi({ description: 'Id of the image.', example: 'img_00001' }),
  batch_id: z
    .string()
    .openapi({ description: 'The batch that it was uploaded in.', example: 'batch_001' }),
  team_number: z.int().openapi({ description: 'The team that took it.', example: 254 }),
  event_key: z
    .string()
    .openapi({ description: 'The event that it was taken at.', example: '2026casj' }),
  match_key: z
    .string()
    .openapi({ description: 'The match that it shows.', example: '2026casj_qm12' }),
  file_name: z.string().openapi({ description: 'As it was uploaded.' }),
  width: z.int().openapi({ description: 'Width in pixels.', example: 1920 }),
  height: z.int().openapi({ description: 'Height in pixels.', example: 1080 }),
  status: ImageStatusSchema.openapi({ description: 'Whether a person has checked the boxes.' }),
  uploaded_at: MomentSchema.openapi({ description: 'When it was uploaded.' }),
  reviewed_at: MomentSchema.nullable().openapi({
    description: 'When its boxes were checked. null while `status` is `un_reviewed`.',
  }),
}

/** An image as a list shows it. */
export const ImageSummarySchema = z
  .object({
    ...imageFacts,
    annotation_count: z.int().openapi({ description: 'How many boxes it has.', example: 4 }),
  })
  .openapi('ImageSummary')

/** An image with its boxes. */
export const ImageSchema = z
  .object({
    ...imageFacts,
    annotations: z.array(AnnotationSchema).openapi({
      description: 'Its boxes: checked ones when it is reviewed, suggested ones before.',
    }),
  })
  .openapi('Image')

/** Images that one team uploaded in one go. */
export const BatchSchema = z
  .object({
    id: z.string().openapi({ description: 'Id of the batch.', example: 'batch_001' }),
    uploaded_by: z
      .int()
      .openapi({ description: 'Number of the team that uploaded it.', example: 254 }),
    event_key: z
      .string()
      .openapi({ description: 'The event that it comes from.', example: '2026casj' }),
    created_at: MomentSchema.openapi({ description: 'When it was uploaded.' }),
    status: z.enum(batchStatuses).openapi({
      description:
        '`processing` while boxes are being suggested, `in_review` while people check them, `done` when every image is reviewed.',
    }),
    image_count: z.int().openapi({ description: 'Images in it.', example: 90 }),
    reviewed_image_count: z
      .int()
      .openapi({ description: 'Images in it that are reviewed.', example: 45 }),
    progress: z.number().openapi({
      description: 'Share of its images that are reviewed, from 0 to 1.',
      example: 0.5,
    }),
  })
  .openapi('Batch', { description: 'Images that one team uploaded in one go.' })

/** An image that waits for review. */
export const QueuedImageSchema = ImageSummarySchema.extend({
  batch: BatchSchema,
  suggested_categories: z.array(z.string()).openapi({
    description: 'Labels of the suggested boxes, each once.',
    example: ['coral', 'red_robot'],
  }),
}).openapi('QueuedImage')
