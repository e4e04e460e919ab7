import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { LANGS, type Lang } from '../../core/model/tables/langs.ts'
import type { Clock } from '../../runtime/clock.ts'
import { readOutsideAddress, type OutsideAddress } from '../../runtime/post/outside-post.ts'
import type { Channel } from './channel.ts'
import { openMastodon } from './mastodon.ts'
import { openTelegram } from './telegram.ts'

/** The file `channels.json` in the folder of secrets. */
const settingsSchema = z
  .array(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('telegram'),
        url: z.string().max(300).default('https://api.telegram.org'),
        token: z.string().regex(/^\d{1,20}:[\w-]{20,100}$/, 'a token of a bot'),
        chat: z.string().regex(/^(?:@[A-Za-z]\w{3,63}|-?\d{1,20})$/, '@name of a channel, or its number'),
        lang: z.enum(LANGS),
      }),
      z.strictObject({
        kind: z.literal('mastodon'),
        url: z.string().max(300),
        token: z.string().regex(/^[\x21-\x7e]{10,300}$/, 'a token of an application'),
        lang: z.enum(LANGS),
        visibility: z.enum(['public', 'unlisted', 'private']).default('public'),
        mostCharacters: z.int().min(300).max(10_000).default(500),
      }),
    ]),
  )
  .max(20)

/** A channel with the language that is posted to it. */
export interface ChannelInLang {
  readonly channel: Channel
  readonly lang: Lang
  /** Whether it is on this machine. */
  readonly isLocal: boolean
}

/** Reads and opens channels. Throws InputError, which repeats nothing of the text: it holds tokens. */
export function openChannels(text: string, clock: Pick<Clock, 'now'>): readonly ChannelInLang[] {
  const refuse = (path: string, expected: string): InputError =>
    new InputError('Cannot read channels.json: it is not of the form of channels', {
      code: 'channels.invalid',
      path,
      expected,
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('', 'JSON')
  }
  const { data, error } = settingsSchema.safeParse(value)
  if (data === undefined) {
    const [issue] = error.issues
    throw refuse(
      `/${issue?.path.join('/') ?? ''}`,
      issue?.code === 'custom' ? issue.message : 'as docs/operating/subscriptions.md describes',
    )
  }
  const opened = data.map((one, nth): ChannelInLang => {
    const address = readAddress(one.url, () => refuse(`/${nth}/url`, 'an https address, or http on this machine'))
    const channel =
      one.kind === 'telegram' ? openTelegram({ ...one, address }) : openMastodon({ ...one, address }, clock)
    return { channel, lang: one.lang, isLocal: address.reach === 'loopback' }
  })
  if (new Set(opened.map(({ channel }) => channel.name)).size < opened.length) throw refuse('', 'each channel once')
  return opened
}

/** A token never goes over a connection that anyone on it can read. */
function readAddress(text: string, refuse: () => InputError): OutsideAddress {
  try {
    const address = readOutsideAddress(text, false)
    if (address.url.protocol === 'https:' || address.reach === 'loopback') return address
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  throw refuse()
}
