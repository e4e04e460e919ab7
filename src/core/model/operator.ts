import { z } from 'zod'

/** Something that is said: a dash or the dots of the example say nothing. */
const said = z.string().regex(/\p{L}/u, 'no words')
const words = z.strictObject({ kk: said, ru: said, en: said })

/** An address as it is in a line of its own: `URL` would pass over a line feed within. */
const uri = (protocol: RegExp): z.ZodType<string> =>
  z
    .string()
    .max(500)
    .regex(/^[!-~]+$/, 'no address')
    .pipe(z.url({ protocol }))

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
  /** How to write to them. Addresses of mail within the country are marked as readable by others. */
  contacts: z
    .array(z.strictObject({ kind: z.enum(['mail', 'web', 'onion', 'signal', 'post']), value: z.string().min(1) }))
    .min(1),
  /** Under which terms the data of this server may be used; absent: none is stated. */
  licence: z.strictObject({ name: z.string().min(1), url: z.url({ protocol: /^https$/ }) }).optional(),
  /** How to report a weakness of the server: `/.well-known/security.txt` (RFC 9116); absent: there is no such file. */
  security: z
    .strictObject({
      contacts: z
        .array(uri(/^(mailto|https|tel)$/))
        .min(1)
        .max(10),
      /** Day from which the file is stale: at most a year ahead. */
      expires: z.iso.date(),
      languages: z
        .array(z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'no tag of a language'))
        .min(1)
        .max(20),
      /** Page of the rules by which reports are taken, such as SECURITY.md of the repository. */
      policy: uri(/^https$/).optional(),
      encryption: uri(/^(https|openpgp4fpr|dns)$/).optional(),
    })
    .optional(),
  /** Day on which they last confirmed all of this. */
  confirmed: z.iso.date(),
})
export type Operator = z.infer<typeof operatorSchema>
