import { InputError } from '../../core/model/errors.ts'
import { parseInstant } from '../../core/model/units.ts'
import type { OwnLink } from '../../core/evidence/own-results/own-link.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { element, shown } from '../verify/element.ts'
import { checkDay } from './check-day.ts'
import { nothingFound, readMonthFile, type MonthFound } from './month-files.ts'
import { logFile, offeredFiles, openOffered, type OfferedFile } from './public-files.ts'
import { Found } from './found.ts'

const megabytes = (lang: Lang, bytes: number): string => formatNumber(lang, bytes / 1e6, 1)

/** Bytes of a bundle of 256 log entries and of its tile of hashes, about. */
const BUNDLE_BYTES = 68_000

/** The page of own measurements at work. It keeps everything in this page: closing it forgets all. */
export class OwnResultsTool {
  readonly #place: HTMLElement
  readonly #lang: Lang
  readonly #linkOf: (text: string) => OwnLink | undefined
  #offered: readonly OfferedFile[] | undefined

  constructor(place: HTMLElement, lang: Lang, linkOf: (text: string) => OwnLink | undefined) {
    this.#place = place
    this.#lang = lang
    this.#linkOf = linkOf
  }

  /** Shows what can be done with a link, or asks for one. No measurement is loaded before a button is pressed. */
  open(text: string | undefined): void {
    const link = text === undefined ? undefined : this.#linkOf(text)
    if (link === undefined) this.#askLink(text !== undefined)
    else this.#offer(link).catch(() => undefined)
  }

  /** What is typed is read here and sent nowhere: the field is in no form. */
  #askLink(wasWrong: boolean): void {
    const lang = this.#lang
    const field = element('input', { id: 'mine-link', type: 'url', autocomplete: 'off', spellcheck: 'false' })
    const button = element('button', { type: 'button', class: 'btn first' }, say(lang, 'mine.tool.open'))
    button.addEventListener('click', () => this.open(field.value))
    this.#show(
      ...(wasWrong ? [element('p', { class: 'bad', role: 'alert' }, say(lang, 'mine.tool.wrong'))] : []),
      element(
        'div',
        { class: 'ask' },
        element('label', { for: 'mine-link' }, say(lang, 'mine.tool.paste')),
        field,
        button,
      ),
    )
  }

  async #offer(link: OwnLink): Promise<void> {
    const server = this.#choices(link)
    const { index } = this.#place.dataset
    if (index === undefined) return
    // Which months there are is asked for by everyone who opens a link, once.
    this.#offered = await offeredFiles(index, link.month).catch((): readonly OfferedFile[] => [])
    this.#fill(server, link, this.#offered)
  }

  /** Says whose link it is and asks for a file. Asks the server for nothing; gives the place of what the server offers. */
  #choices(link: OwnLink): HTMLElement {
    const lang = this.#lang
    const about = element(
      'p',
      {},
      say(lang, 'mine.tool.key', { key: link.pseudonym, month: link.month, count: link.received }),
    )
    const server = element('div', { 'aria-live': 'polite' })
    const file = element('input', { id: 'mine-file', type: 'file', accept: '.gz' })
    file.addEventListener('change', () => {
      const [chosen] = file.files ?? []
      if (chosen !== undefined) void this.#read(link, [], async (found) => readMonthFile(chosen.stream(), link, found))
    })
    this.#show(
      about,
      server,
      element('p', { class: 'ask' }, element('label', { for: 'mine-file' }, say(lang, 'mine.tool.file')), file),
    )
    return server
  }

  #fill(server: HTMLElement, link: OwnLink, offered: readonly OfferedFile[]): void {
    const lang = this.#lang
    if (offered.length === 0) {
      server.replaceChildren(element('p', {}, say(lang, 'mine.tool.no-files')))
      return
    }
    const size = megabytes(
      lang,
      offered.reduce((sum, { bytes }) => sum + bytes, 0),
    )
    const button = element('button', { type: 'button', class: 'btn first' }, say(lang, 'mine.tool.load', { size }))
    button.addEventListener('click', () => void this.#load(link, offered))
    server.replaceChildren(element('p', {}, button))
  }

  async #load(link: OwnLink, offered: readonly OfferedFile[]): Promise<void> {
    const lang = this.#lang
    const all = megabytes(
      lang,
      offered.reduce((sum, { bytes }) => sum + bytes, 0),
    )
    const progress = element('p', { role: 'status' })
    await this.#read(link, offered, async (found) => {
      this.#show(progress)
      let before = 0
      for (const { name, bytes } of offered) {
        const stream = await openOffered(`${this.#place.dataset['files'] ?? ''}${name}`, (come) => {
          progress.textContent = say(lang, 'mine.tool.reading', { done: megabytes(lang, before + come), all })
        })
        await readMonthFile(stream, link, found)
        before += bytes
      }
    })
  }

  async #read(
    link: OwnLink,
    offered: readonly OfferedFile[],
    read: (found: MonthFound) => Promise<void>,
  ): Promise<void> {
    const lang = this.#lang
    const found = nothingFound()
    try {
      await read(found)
      if (found.unreadable !== undefined) throw found.unreadable
    } catch (error) {
      // No request may follow: a server could damage rows of one key to see whose reader asks again.
      const server = this.#choices(link)
      if (this.#offered !== undefined) this.#fill(server, link, this.#offered)
      this.#place.prepend(element('p', { class: 'bad', role: 'alert' }, this.#failed(error)))
      return
    }
    const made = offered.flatMap(({ asOf }) => asOf ?? []).toSorted()[0]
    const count = found.rows.length
    const about =
      made === undefined
        ? say(lang, 'mine.tool.found-file', { count })
        : say(lang, 'mine.tool.found', { count, date: formatDateTime(lang, parseInstant(made)) })
    const list = new Found(lang, found.rows, this.#services())
    this.#show(
      element('p', { role: 'status' }, element('b', {}, about)),
      ...this.#receipts(link, found),
      ...this.#checking(found, list),
      list.element,
    )
  }

  /** What became of the receipts that the link names. */
  #receipts({ received, places }: OwnLink, { named, lastLeaf }: MonthFound): readonly HTMLElement[] {
    const lang = this.#lang
    if (received === 0) return []
    const left = places.filter((place) => !named.own.has(place) && !named.other.has(place))
    const late = left.filter((place) => place > lastLeaf).length
    const lines = [
      say(lang, 'mine.tool.receipts', { count: places.length, found: named.own.size }),
      ...(late === 0 ? [] : [say(lang, 'mine.tool.late', { count: late })]),
      ...(left.length === late ? [] : [say(lang, 'mine.tool.absent', { count: left.length - late })]),
    ]
    return [
      element('ul', { class: 'points' }, ...lines.map((line) => element('li', {}, line))),
      ...(named.other.size === 0
        ? []
        : [element('p', { class: 'bad' }, say(lang, 'mine.tool.other', { count: named.other.size }))]),
    ]
  }

  /** Days of all measurements of the files are offered, whose ever they are. */
  #checking({ bundles, rows }: MonthFound, list: Found): readonly HTMLElement[] {
    const lang = this.#lang
    const log = this.#place.dataset['log']
    const days = [...bundles.keys()].toSorted().toReversed()
    if (log === undefined || rows.length === 0) return []
    const choice = element(
      'select',
      { id: 'mine-day' },
      ...days.map((day) => element('option', { value: day }, list.dayName(day))),
    )
    // The newest of all keys: what a reader checks without choosing does not depend on the link.
    choice.value = days[0] ?? ''
    const size = element('p', { class: 'sm q' })
    const result = element('div', { role: 'status' })
    const button = element('button', { type: 'button', class: 'btn' }, say(lang, 'mine.tool.check'))
    const tellSize = (): void => {
      const bytes = (bundles.get(choice.value)?.size ?? 0) * BUNDLE_BYTES
      size.textContent = say(lang, 'mine.tool.check-size', { size: megabytes(lang, bytes) })
    }
    choice.addEventListener('change', tellSize)
    tellSize()
    button.addEventListener('click', () => {
      const day = choice.value
      const own = rows.filter((row) => row.day === day).map(({ leaf }) => leaf)
      button.disabled = true
      result.replaceChildren(element('p', {}, say(lang, 'mine.tool.checking')))
      checkDay(own, { bundles: bundles.get(day) ?? new Set(), get: (path) => logFile(`${log}${path}`) })
        .then(
          (checked) => {
            if (checked.kind === 'checked') list.mark(checked.good)
            result.replaceChildren(...this.#checked(checked, { day: list.dayName(day), all: own.length }))
          },
          (error: unknown) => result.replaceChildren(element('p', { class: 'bad' }, this.#failed(error))),
        )
        .finally(() => (button.disabled = false))
    })
    return [
      element('h3', {}, say(lang, 'mine.tool.check-title')),
      element(
        'p',
        { class: 'ask' },
        element('label', { for: 'mine-day' }, say(lang, 'mine.tool.check-day')),
        choice,
        button,
      ),
      size,
      result,
    ]
  }

  #checked(
    checked: Awaited<ReturnType<typeof checkDay>>,
    { day, all }: { readonly day: string; readonly all: number },
  ): readonly HTMLElement[] {
    const lang = this.#lang
    if (checked.kind === 'unsigned') return [element('p', { class: 'bad' }, say(lang, 'mine.tool.unsigned'))]
    const { good, later, bad, size, keys } = checked
    return [
      element('p', {}, element('b', {}, say(lang, 'mine.tool.good', { day, good: good.length, all }))),
      ...(later.length === 0 ? [] : [element('p', {}, say(lang, 'mine.tool.later', { count: later.length }))]),
      ...(bad.length === 0
        ? []
        : [
            element(
              'p',
              { class: 'bad' },
              say(lang, 'mine.tool.bad', { count: bad.length, places: bad.slice(0, 20).join(', ') }),
            ),
          ]),
      element(
        'p',
        { class: 'sm q any' },
        say(lang, 'mine.tool.state', { size, keys: shown(keys.join(', ')) }),
        ' ',
        element('a', { href: this.#place.dataset['verify'] ?? '' }, say(lang, 'menu.verify')),
      ),
    ]
  }

  /** A sentence for what went wrong; its reason is for the person who fixes it. */
  #failed(error: unknown): string {
    const why = error instanceof InputError ? `${error.message} (${error.expected})` : String(error)
    return say(this.#lang, 'mine.tool.failed', { why: shown(why) })
  }

  #services(): Readonly<Record<string, string>> {
    return JSON.parse(this.#place.dataset['services'] ?? '{}') as Readonly<Record<string, string>> // written by the page
  }

  #show(...parts: readonly HTMLElement[]): void {
    this.#place.replaceChildren(...parts)
  }
}
