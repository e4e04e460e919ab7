import { z } from 'zod'

const httpsUrl = z
  .string()
  .max(300)
  .regex(/^https:\/\/[a-z0-9.-]+\/[^\s"'<>?#]*$/)

/**
 * What a page contacts for one service: a small document and an image of one host, which answer every client
 * (docs/formats/crowd-check.md, "Canaries").
 */
export const crowdCanarySchema = z
  .strictObject({
    /** Id of a service of tier A. */
    service: z.string().regex(/^[a-z][a-z0-9-]*$/),
    document: httpsUrl,
    image: httpsUrl,
    source: z.string().min(1),
    checked_at: z.iso.date(),
  })
  .refine(({ document, image }) => new URL(document).host === new URL(image).host, {
    message: 'document and image stand on one host',
    path: ['image'],
  })
export type CrowdCanary = z.infer<typeof crowdCanarySchema>

/** The file data/canaries.json, in the order in which services are shown. */
export const crowdCanariesSchema = z.strictObject({ canaries: z.array(crowdCanarySchema).max(20) })

/** Why a list of canaries is not to be used. */
export type CanaryFault =
  | { readonly why: 'twice' | 'unknown' | 'tier'; readonly service: string }
  | { readonly why: 'host' | 'never'; readonly service: string; readonly host: string }
