import { Fault } from '../../core/model/errors.ts'
import type { Frame } from '../../web/html/frame.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG, isLang, type Lang } from '../../core/text/lang.ts'
import { askedAs, copyAddress } from './copy-scope.ts'
import type { CopyPlan } from './copy-plan.ts'
import { filePlace, type FileDigest } from './file-place.ts'
import { linksOf, rewriteLinks, rewriteStyle, type Target } from './links.ts'

export interface CopyOptions {
  /** Answers an address as the server would; its frame is that of a mirror. */
  readonly answer: (path: string) => Response | Promise<Response>
  readonly plan: CopyPlan
  readonly frame: Pick<Frame, 'origin'>
  readonly digest: FileDigest
  /** Takes one file of the copy. */
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>
  readonly signal: AbortSignal
  /** Pages that are made at a time; their questions to the stores overlap. */
  readonly atOnce?: number
  readonly onProgress?: (done: number, known: number) => void
  /** Lets others have a turn after each page: the process may be a server too. */
  readonly pause?: () => Promise<void>
}

/** What a copy has and has not. */
export interface Copied {
  readonly files: number
  /** Addresses that a page names and the site did not answer: their links are plain text. */
  readonly missing: readonly string[]
}

const BASE = 'http://copy.invalid'
/** Nothing plans as much; what does is a circle of links, which would fill the disk. */
const MOST_FILES = 200_000
const AT_ONCE = 4

/**
 * Makes every page of a plan, and everything in its scope that they name, and hands them over as files whose links lead
 * to each other. Throws Fault where a page breaks, so that no copy is published with a page that says so.
 */
export async function copySite(options: CopyOptions): Promise<Copied> {
  const walk = new Walk(options)
  for (const start of options.plan.starts) walk.want(new URL(start, BASE))
  await walk.run()
  await walk.mend()
  return { files: walk.files, missing: walk.missing }
}

type State = 'waiting' | 'done' | 'missing'

class Walk {
  readonly #options: CopyOptions
  readonly #states = new Map<string, State>()
  readonly #queue: string[] = []
  /** By file in small letters, the address it is made from: some file systems know no others. */
  readonly #files = new Map<string, string>()
  /** By address, the pages that named it before it was known to be there. */
  readonly #named = new Map<string, string[]>()

  constructor(options: CopyOptions) {
    this.#options = options
  }

  get files(): number {
    return [...this.#states.values()].filter((state) => state === 'done').length
  }

  get missing(): readonly string[] {
    return [...this.#states].filter(([, state]) => state === 'missing').map(([href]) => href.slice(BASE.length))
  }

  /** Takes an address into the copy where it belongs; gives the one under which it is there. */
  want(address: URL): string | undefined {
    const own = copyAddress(address, this.#options.plan.scope)
    if (own === undefined) return undefined
    own.hash = ''
    const { href } = own
    if (this.#states.has(href)) return href
    if (this.#states.size >= MOST_FILES) throw new Fault(`Cannot copy the site: it has more than ${MOST_FILES} pages`)
    const file = filePlace(own, this.#options.digest).toLowerCase()
    const taken = this.#files.get(file)
    if (taken !== undefined && taken !== href) {
      this.#states.set(href, 'missing')
      return href
    }
    this.#files.set(file, href)
    this.#states.set(href, 'waiting')
    this.#queue.push(href)
    return href
  }

  async run(): Promise<void> {
    const { signal, atOnce = AT_ONCE, onProgress, pause } = this.#options
    let done = 0
    let broken: unknown
    const work = async (): Promise<void> => {
      for (let href = this.#queue.shift(); href !== undefined && broken === undefined; href = this.#queue.shift()) {
        signal.throwIfAborted()
        await this.#make(href).catch((error: unknown) => (broken ??= error))
        onProgress?.(++done, this.#states.size)
        await pause?.()
      }
    }
    // A page may name more after the others have run out of work, so they start again until nothing is left.
    while (this.#queue.length > 0 && broken === undefined)
      await Promise.all(Array.from({ length: atOnce }, () => work()))
    if (broken !== undefined) throw broken
  }

  /** Makes those pages again that named what turned out not to be there. */
  async mend(): Promise<void> {
    const pages = new Set(this.missing.flatMap((path) => this.#named.get(BASE + path) ?? []))
    for (const page of pages) await this.#make(page)
  }

  async #make(href: string): Promise<void> {
    const { answer, put, digest } = this.#options
    const address = new URL(href)
    const path = askedAs(address)
    const response = await answer(path)
    if (response.status >= 500) throw new Fault(`Cannot copy ${path}: the page could not be made`)
    if (response.status !== 200) {
      this.#states.set(href, 'missing')
      return
    }
    const bytes = new Uint8Array(await response.arrayBuffer())
    const file = filePlace(address, digest)
    await put(file, this.#asFile(href, { file, bytes, type: response.headers.get('content-type') ?? '' }))
    this.#states.set(href, 'done')
  }

  #asFile(
    href: string,
    { file, bytes, type }: { readonly file: string; readonly bytes: Uint8Array; readonly type: string },
  ): Uint8Array {
    const kind = /^(text\/html|text\/css|application\/atom\+xml)/.exec(type)?.[1]
    if (kind === undefined) return bytes
    const text = new TextDecoder().decode(bytes)
    if (kind === 'text/css') return new TextEncoder().encode(rewriteStyle(text))
    if (kind === 'text/html') this.#follow(href, text)
    const lang = langOf(file)
    const words = { away: say(lang, 'copy.away'), gone: say(lang, 'copy.gone') }
    const linked = rewriteLinks(text, { from: file, target: (url) => this.#target(url), words })
    return new TextEncoder().encode(kind === 'text/html' ? standAlone(linked) : linked)
  }

  #follow(page: string, text: string): void {
    for (const url of linksOf(text)) {
      const href = this.want(url)
      if (href === undefined || this.#states.get(href) === 'done') continue
      const pages = this.#named.get(href)
      if (pages === undefined) this.#named.set(href, [page])
      else if (pages.at(-1) !== page) pages.push(page)
    }
  }

  #target(url: URL): Target {
    const own = copyAddress(url, this.#options.plan.scope)
    if (own !== undefined) {
      own.hash = ''
      const state = this.#states.get(own.href)
      if (state === 'waiting' || state === 'done') return { kind: 'file', path: filePlace(own, this.#options.digest) }
    }
    const { origin } = this.#options.frame
    return origin === undefined
      ? { kind: 'gone' }
      : { kind: 'away', href: `${origin}${url.pathname}${url.search}${url.hash}` }
  }
}

const langOf = (file: string): Lang => {
  const first = file.split('/')[0] ?? ''
  return isLang(first) ? first : DEFAULT_LANG
}

/**
 * What the server says in headers is in the page itself: nothing but files of the copy is loaded. `file:` beside
 * `'self'`: Firefox takes a file to be of no origin, so that not even its own style sheet would fit. A font is not
 * loaded ahead, because that asks with an origin, which a file has not.
 */
const POLICY =
  "default-src 'none'; style-src 'self' file:; font-src 'self' file:; img-src 'self' file:; script-src 'self' file:; form-action 'none'; base-uri 'none'"

export const standAlone = (html: string): string =>
  html
    .replace(/<link\s[^>]*rel="preload"[^>]*>/, '')
    .replace(
      /<meta charset="utf-8" ?\/?>/,
      (charset) => `${charset}<meta http-equiv="content-security-policy" content="${POLICY}">`,
    )
