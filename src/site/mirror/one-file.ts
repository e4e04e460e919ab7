import { DAY_MS } from '../../core/model/duration.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import { finished } from '../../web/html/markup.ts'
import { encodeBase64 } from '../../core/evidence/base64.ts'
import { EMPTY_PLACE } from '../../core/evidence/log/note-place.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { openBoard, type Board, type BoardService } from '../now/board.ts'
import { spokenAt } from '../now/cell-at.ts'
import { withLastFailed } from '../last-failed.ts'
import { firstView } from '../first/view.ts'
import { named } from '../incident/route.ts'
import { rememberLastData } from '../last-data.ts'
import type { MarkName } from '../parts/mark.ts'
import { oneFileBody, type OneFileLang, type OneFileService, type OneFileView } from './page/one-file.ts'
import type { StripView } from '../parts/strips.ts'
import type { SiteOptions } from '../site-options.ts'
import { fontFaces } from './font-faces.ts'
import { rewriteLinks } from './links.ts'
import { usedStyle } from './used-style.ts'

/** What a messenger on a slow connection still sends: bytes of the whole page as stored on the disk. */
export const ONE_FILE_BYTES = 200_000
/** Room for the note, which is put in last. */
const NOTE_BYTES = 1_000
const DAYS = 7
/**
 * How much is shown, most first: the first that fits is taken. `networks` are those that a state of a service names;
 * how many there are besides is said. The last is small with any measurements: no number in it grows with the data.
 */
const FITS = [
  { fonts: true, strips: true, incidents: 20, networks: 40, services: 60 },
  { fonts: true, strips: true, incidents: 20, networks: 10, services: 60 },
  { fonts: false, strips: true, incidents: 20, networks: 10, services: 60 },
  { fonts: false, strips: false, incidents: 20, networks: 10, services: 60 },
  { fonts: false, strips: false, incidents: 10, networks: 6, services: 40 },
  { fonts: false, strips: false, incidents: 4, networks: 3, services: 30 },
] as const

export interface OneFileOptions {
  /** What the site is made over; its frame says `one-file` and when the page is made. */
  readonly site: Omit<SiteOptions, 'collector'>
  readonly madeAt: Instant
  readonly langs: readonly Lang[]
  /** SHA-256 of bytes, 32 bytes. */
  readonly digest: (bytes: Uint8Array) => Uint8Array
}

export interface OneFile {
  /** The page with an empty place for its note. */
  readonly page: string
  readonly simulated: boolean
}

/** Today as one page that needs nothing else. Throws Fault where it cannot be made to fit. */
export async function makeOneFile(options: OneFileOptions): Promise<OneFile> {
  const { site } = options
  const board = await openBoard(site, rememberLastData(site))()
  for (const fit of FITS) {
    const page = await pageOf(options, board, fit)
    if (new TextEncoder().encode(page).length + NOTE_BYTES <= ONE_FILE_BYTES)
      return { page, simulated: board.simulated }
  }
  throw new Fault(
    `Cannot make one page of today: it has more than ${ONE_FILE_BYTES} bytes in ${options.langs.join(', ')}`,
  )
}

type Fit = (typeof FITS)[number]

async function pageOf(options: OneFileOptions, board: Board, fit: Fit): Promise<string> {
  const { site, langs, madeAt, digest } = options
  const { names, frame, assets } = site
  const all = (await site.incidents?.current()) ?? []
  const shown: OneFileLang[] = langs.map((lang) => ({
    lang,
    view: viewOf(board, { ...options, all, fit }),
    strips: fit.strips ? firstView(board, { lang, choice: { kind: 'all' }, names }).strips.map(withoutLink) : [],
  }))
  const [first] = langs
  if (first === undefined) throw new Fault('Cannot make one page of today: in no language')
  const body = String(await finished(oneFileBody(shown, frame)))
  const linked = rewriteLinks(squeeze(patternsOnce(body)), {
    from: 'one.html',
    target: (url) =>
      frame.origin === undefined
        ? { kind: 'gone' }
        : { kind: 'away', href: `${frame.origin}${url.pathname}${url.search}` },
    words: { away: say(first, 'copy.away'), gone: say(first, 'copy.gone') },
  })
  const css = new TextDecoder().decode(assets.find(({ path }) => path === 'site.css')?.bytes)
  const style = `${fit.fonts ? fontFaces(css, assets) : ''}${usedStyle(css, `<html><body>${linked}`)}`
  const hash = (text: string): string => `'sha256-${encodeBase64(digest(new TextEncoder().encode(text)))}'`
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(AGE_SCRIPT)}; font-src data:; base-uri 'none'; form-action 'none'`
  const title = `${board.simulated ? `${say(first, 'page.simulated-tag')}: ` : ''}Kuager · ${formatDateTime(first, madeAt)}`
  return [
    '<!doctype html>',
    `<html lang="${first}">`,
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    '<body>',
    linked,
    `<script>${AGE_SCRIPT}</script>`,
    EMPTY_PLACE.trimEnd(),
    '</html>',
    '',
  ].join('\n')
}

/** The server has the page behind a strip, and a link to it in each of them would cost more than the strip. */
function withoutLink(strip: StripView): StripView {
  const { href: _, ...rest } = strip
  return rest
}

function viewOf(
  board: Board,
  {
    site,
    madeAt,
    all,
    fit,
  }: OneFileOptions & {
    readonly all: Awaited<ReturnType<NonNullable<SiteOptions['incidents']>['current']>>
    readonly fit: Fit
  },
): OneFileView {
  const since = board.asOf - DAYS * DAY_MS
  const finished = all
    .filter((one) => !one.withdrawn && one.simulated === board.simulated && !board.running.includes(one))
    .filter((one) => (one.end.hi95 ?? one.end.bracket[0] ?? anchor(one) ?? 0) >= since)
    .toSorted((a, b) => (anchor(b) ?? 0) - (anchor(a) ?? 0))
  const most = fit.incidents
  const running = board.running.slice(0, most)
  const services = board.services.slice(0, fit.services)
  return {
    madeAt,
    asOf: board.asOf,
    simulated: board.simulated,
    services: services.map((one) => serviceOf(board, one, fit.networks)),
    servicesLeft: board.services.length - services.length,
    running: running.map((one) => named(one, site.names)),
    silent: board.isSilent(),
    finished: finished
      .slice(0, most)
      .map((one) => named(spokenAt(withLastFailed(one, board.lastFailed), board.asOf), site.names)),
    left: Math.max(0, finished.length - most) + board.running.length - running.length,
    days: DAYS,
  }
}

const WORST_FIRST: readonly MarkName[] = ['shut', 'part', 'slow', 'fault', 'unkn', 'open', 'none']

/**
 * Networks of a service by their state, those with most devices named; a network without data is distinguished from one
 * where it opens.
 */
function serviceOf(board: Board, { id, name }: BoardService, most: number): OneFileService {
  const by = Map.groupBy(board.networks, ({ asn }) => board.cell(id, asn).state)
  const states = WORST_FIRST.flatMap((state) => {
    const all = by.get(state) ?? []
    const networks = all.slice(0, most).map(({ asn, name: known }) => (known === '' ? `AS${asn}` : known))
    return networks.length === 0 ? [] : [{ state, networks, more: all.length - networks.length }]
  })
  return { name, states }
}

/** White space between lines of a template is worth nothing to a reader and a fifth of the file. */
const squeeze = (html: string): string =>
  html.replaceAll(/(?<![^\S\u00a0])[^\S\u00a0]*\n\s*/g, '\n').replaceAll(/\n+/g, '\n')

const PATTERNS = /<svg class="defs"[^>]*><defs><pattern id="z-[^]*?<\/svg>/g

/** Patterns come before all languages: within one that is not shown they would not be drawn in the others. */
const patternsOnce = (body: string): string => `${body.match(PATTERNS)?.[0] ?? ''}${body.replaceAll(PATTERNS, '')}`

/**
 * The only script of the page: how long ago it was made, by the reader's clock. It sends no request, and
 * without it the page tells its date and what to do.
 */
const AGE_SCRIPT = `for(const e of document.querySelectorAll('[data-made]')){const h=Math.floor((Date.now()-Date.parse(e.dataset.made))/36e5);if(h>=0)e.textContent=e.dataset.age.replace('{d}',Math.floor(h/24)).replace('{h}',h%24)+(h>=24?' '+e.dataset.old:'')}`

/** Whole seconds: what a note can say. */
export const wholeSeconds = (at: Instant): Instant => instant(Math.floor(at / 1000) * 1000)
