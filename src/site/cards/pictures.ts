import type { Context } from 'hono'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Frame } from '../../web/html/frame.ts'
import { answerProblem } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { chartStyle } from '../take/chart-style.ts'
import type { ChartLook } from '../take/chart-file.ts'
import { RenderQueue, type PictureKind } from './render-queue.ts'

/** What draws picture files: share cards and charts, one after another for the whole site. */
export interface Pictures extends ChartLook {
  readonly queue: RenderQueue
}

/** Undefined where the renderer is not installed: then there are no picture files. */
export function openPictures({ cards, clock, frame, assets }: SiteOptions): Pictures | undefined {
  if (cards === undefined) return undefined
  const most = frame.medium === 'live' ? [] : [Number.POSITIVE_INFINITY]
  const css = assets.find(({ path }) => path === 'site.css')
  return {
    fonts: cards.fonts,
    style: css === undefined ? '' : chartStyle(new TextDecoder().decode(css.bytes)),
    queue: new RenderQueue(cards.raster, clock, ...most),
  }
}

export interface Picture {
  /** The same for every way of writing its address. */
  readonly key: string
  readonly kind: PictureKind
  readonly draw: () => Promise<string>
}

interface PictureAnswer {
  readonly lang: Lang
  readonly frame: Frame
  readonly pictures: Pictures
}

/** Answers with the PNG of a drawing, or says when to ask again. */
export async function answerPicture(
  c: Context,
  { key, kind, draw }: Picture,
  { lang, frame, pictures }: PictureAnswer,
): Promise<Response> {
  const rendered = await pictures.queue.render(key, draw, kind)
  if (rendered.kind === 'busy') {
    c.header('retry-after', String(rendered.seconds))
    const view = { heading: say(lang, 'card.busy'), lines: [say(lang, 'card.busy-about')] }
    return answerProblem(c, { status: 503, code: 'card.busy', view, frame })
  }
  return answerFile(c, rendered.png, 'image/png')
}

/** Answers with a picture file that any page may show: kept no longer than an embedded page, so that both are withdrawn alike. */
export async function answerFile(c: Context, bytes: Uint8Array<ArrayBuffer>, mediaType: string): Promise<Response> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  const etag = `"${Buffer.from(digest).toString('base64url').slice(0, 22)}"`
  c.header('etag', etag)
  c.header('cache-control', 'public, max-age=60')
  if (c.req.header('if-none-match') === etag) return c.body(null, 304)
  return c.body(bytes, 200, { 'content-type': mediaType })
}
