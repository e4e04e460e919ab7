import { z } from 'zod'

/** Something that is said: a dash or the dots of the example say nothing. */
const said = z.string().regex(/\p{L}/u, 'no words')
const words = z.strictObject({ kk: said, ru: said, en: said })

/**
 * Who runs a public server: `about.json` of its folder (docs/operating/running.md). A reader weighs what is published by
 * who pays for it and what they want, so that a server which says `--public` refuses to start without.
 */
export const operatorSchema = z.strictObject({
  /** The body or the persons who answer for the server. */
  name: words,
  /** Where it is registered, or that it is not. */
  seat: words,
  funders: z.array(z.strictObject({ name: words, since: z.string().min(1), share: z.string().min(1).optional() })),
  /** Interests, ties and proceedings that a reader should know of; an empty list is said as such. */
  interests: z.array(words),
  /** How to write to them. Addresses of mail within the country are told to be readable by others. */
  contacts: z
    .array(z.strictObject({ kind: z.enum(['mail', 'web', 'onion', 'signal', 'post']), value: z.string().min(1) }))
    .min(1),
  /** Under which terms the data of this server may be used; absent: none is stated. */
  licence: z.strictObject({ name: z.string().min(1), url: z.url({ protocol: /^https$/ }) }).optional(),
  /** Day on which they last confirmed all of this. */
  confirmed: z.iso.date(),
})
export type Operator = z.infer<typeof operatorSchema>
