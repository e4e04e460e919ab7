import type { CrowdCheck, CrowdHour } from '../../core/model/people/crowd-check.ts'
import type { SavedCheck } from '../../core/model/people/saved-check.ts'
import type { Lang } from '../../core/text/lang.ts'
import { element } from '../verify/element.ts'
import { endingOf } from './ending.ts'
import { HOUR_CHECKS, runHour } from './hour.ts'
import { renewPlan, serverTime, type KnownPlan } from './plan.ts'
import { fileOf, logCheck, unlogged } from './proof.ts'
import { makeRows, type Rows } from './rows.ts'
import { runCheck, type CheckNews, type FinishedCheck } from './run-check.ts'
import { sendCheck, type SendOutcome } from './send.ts'
import { makeCheckStrip } from './strip.ts'
import { leftTime, type Say } from './words.ts'

export interface ToolOptions {
  readonly known: KnownPlan
  readonly say: Say
  readonly lang: Lang
}

type Doing = 'check' | 'hour' | 'sending'

/** Results are kept only in this object: nothing is stored, and closing the page forgets it. */
export class CheckTool {
  readonly #root: HTMLElement
  readonly #options: ToolOptions
  readonly #rows: Rows
  #known: KnownPlan
  /** What is running: one check or hour, and one thing on its way to the server. */
  readonly #doing = new Map<Doing, AbortController>()
  #last: FinishedCheck | undefined
  #asked = 0
  /** How many are asked again, as soon as that is known. */
  #again: number | undefined
  #hour: CrowdCheck[] = []
  /** What was made a file of, so that a second press only fetches what is missing. */
  #saved: { readonly of: CrowdCheck; readonly count: number; readonly saved: SavedCheck } | undefined

  constructor(root: HTMLElement, options: ToolOptions) {
    this.#root = root
    this.#options = options
    this.#known = options.known
    this.#rows = makeRows(this.#toolPart('rows'), options.known.plan.targets, options)
    this.#on('start', () => this.#check())
    this.#on('stop', () => this.#doing.get('check')?.abort())
    this.#on('hour', () => this.#witness())
    this.#on('end-hour', () => this.#doing.get('hour')?.abort())
    this.#on('send', () => this.#send())
    this.#on('save', () => this.#save())
    this.#toolPart('tick').addEventListener('change', () => this.#settle())
    this.#toolPart('region').addEventListener('change', () => this.#showText())
  }

  #toolPart<T extends HTMLElement = HTMLElement>(name: string): T {
    return toolPart<T>(this.#root, name)
  }

  #on(name: string, act: () => void | Promise<void>): void {
    this.#toolPart(name).addEventListener('click', () => void act())
  }

  /** Which buttons there are now. */
  #settle(): void {
    const [isChecking, isHour] = [this.#doing.has('check'), this.#doing.has('hour')]
    show(this.#toolPart('start'), !isChecking)
    show(this.#toolPart('stop'), isChecking)
    show(this.#toolPart('hour'), !isHour)
    show(this.#toolPart('end-hour'), isHour)
    const enable = (name: string, isOn: boolean): void => {
      this.#toolPart<HTMLButtonElement>(name).disabled = !isOn
    }
    for (const name of ['start', 'hour']) enable(name, !isChecking && !isHour)
    const check = this.#doing.has('sending') ? undefined : this.#last?.check
    // Of a line that was down nothing can be counted.
    enable('send', check?.online === true)
    enable('save', check !== undefined && this.#toolPart<HTMLInputElement>('tick').checked)
  }

  /** Does a thing, unless it or another check is running. */
  async #do(what: Doing, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const others: readonly Doing[] = what === 'sending' ? ['sending'] : ['check', 'hour']
    if (others.some((one) => this.#doing.has(one))) return
    const given = new AbortController()
    this.#doing.set(what, given)
    this.#settle()
    try {
      await act(given.signal)
    } finally {
      this.#doing.delete(what)
      this.#settle()
    }
  }

  #tell = (news: CheckNews): void => {
    this.#rows.tell(news)
    if (news.kind === 'tried') this.#asked++
    if (news.kind === 'pause') {
      this.#again = news.left
      this.#asked = 0
    }
    if (news.kind === 'pause' && news.seconds > 0)
      setText(this.#toolPart('progress'), this.#say('pause', { seconds: news.seconds }))
    else this.#showAsked()
  }

  #showAsked(): void {
    const all = this.#again ?? this.#known.plan.targets.length
    const word = this.#again === undefined ? 'asking' : 'asking-again'
    setText(this.#toolPart('progress'), this.#say(word, { done: Math.min(all, this.#asked), all }))
  }

  /** For people who hear the page: begun and ended, not every step. */
  #saySoftly(text: string): void {
    setText(this.#toolPart('said'), text)
  }

  get #say(): Say {
    return this.#options.say
  }

  async #check(): Promise<void> {
    await this.#do('check', async (signal) => {
      this.#begin()
      this.#toolPart('stop').focus()
      this.#saySoftly(this.#toolPart('progress').textContent)
      const known = await renewPlan(this.#known, signal).catch(() => this.#known)
      const finished = await runCheck(known, { signal, tell: this.#tell, region: null })
      this.#finish(finished, known)
      const ended = finished.isStopped ? this.#say('stopped') : ''
      setText(this.#toolPart('progress'), ended)
      this.#saySoftly(ended)
    })
    this.#toolPart('sentence').focus()
  }

  #begin(): void {
    show(this.#toolPart('result'), true)
    this.#asked = 0
    this.#again = undefined
    this.#showAsked()
    this.#rows.begin()
  }

  #finish(finished: FinishedCheck, known: KnownPlan): void {
    // Nothing was found in it that could be sent or kept.
    this.#last = finished.isInterrupted ? undefined : finished
    this.#known = known
    this.#rows.finish(finished)
    const { plan, network, isAway } = known
    const { say, lang } = this.#options
    const { sentence, lines } = endingOf(finished, { say, lang, plan, network, isAway, now: serverTime(known) })
    setText(this.#toolPart('sentence'), sentence)
    this.#toolPart('lines').replaceChildren(...lines.map((line) => element('p', {}, line)))
    show(this.#toolPart('after'), true)
    this.#showText()
    this.#settle()
  }

  async #witness(): Promise<void> {
    const { say } = this.#options
    const left = this.#toolPart('left')
    const strip = makeCheckStrip(this.#toolPart('strip'), this.#known.plan.targets, say)
    this.#hour = []
    await this.#do('hour', async (signal) => {
      this.#toolPart('end-hour').focus()
      const ended = new AbortController()
      keepAwake(AbortSignal.any([signal, ended.signal]))
      const missed = await runHour(this.#known, {
        signal,
        tell: this.#tell,
        begin: (nth) => {
          this.#begin()
          setText(left, say('hour.checking', { nth: nth + 1, all: HOUR_CHECKS }))
        },
        finish: (nth, finished, known) => {
          this.#finish(finished, known)
          setText(this.#toolPart('progress'), '')
          this.#hour.push(finished.check)
          strip.put(nth, finished, known.network)
        },
        wait: (next, rest) => setText(left, say('hour.next', { next: leftTime(next), left: leftTime(rest) })),
      }).finally(() => ended.abort())
      const count = this.#hour.length
      const done = say(signal.aborted ? 'hour.ended' : 'hour.done', { count, all: HOUR_CHECKS })
      const words = missed === 0 ? done : `${done} ${say('hour.missed', { count: missed })}`
      setText(left, words)
      this.#saySoftly(words)
      if (this.#last !== undefined) this.#rows.finish(this.#last)
      setText(this.#toolPart('progress'), '')
    })
    this.#toolPart('hour').focus()
  }

  /** What is sent, with the region that the reader chose, if any. */
  #chosen(check: CrowdCheck): CrowdCheck {
    const region = this.#toolPart<HTMLSelectElement>('region').value
    return { ...check, region: region === '' ? null : (region as CrowdCheck['region']) } // one of the list of the server
  }

  #showText(): void {
    if (this.#last === undefined) return
    setText(this.#toolPart('text'), JSON.stringify(this.#chosen(this.#last.check), null, 1))
  }

  async #send(): Promise<void> {
    const { check } = this.#last ?? {}
    if (check === undefined) return
    const said = this.#toolPart('sent')
    await this.#do('sending', async (signal) => {
      setText(said, this.#say('send.working'))
      const sent = await sendCheck(this.#chosen(check), signal)
      setText(said, sent.kind === 'taken' ? this.#say('send.sent') : this.#notSent(sent))
    })
  }

  #notSent(sent: Exclude<SendOutcome<unknown>, { readonly kind: 'taken' }>): string {
    return sent.kind === 'busy' ? this.#say('busy', { seconds: sent.seconds }) : this.#say(sent.kind)
  }

  async #save(): Promise<void> {
    const of = this.#last?.check
    if (of === undefined) return
    const said = this.#toolPart('saved')
    const count = this.#hour.length
    // A check made after the hour is independent of it.
    const inside: CrowdCheck | CrowdHour = this.#hour.includes(of)
      ? { format: 'kuager-crowd-hour/1', checks: this.#hour }
      : of
    const isSame = this.#saved?.of === of && this.#saved.count === count
    const saved = isSame && this.#saved !== undefined ? this.#saved.saved : unlogged(inside)
    await this.#do('sending', async (signal) => {
      setText(said, this.#say('save.working'))
      const sent = await logCheck(saved, {
        signal,
        onWait: (seconds) => setText(said, this.#say('save.waiting', { seconds })),
      })
      if (sent.kind !== 'taken') {
        this.#saved = { of, count, saved }
        return setText(said, this.#notSent(sent))
      }
      this.#saved = { of, count, saved: sent.answer }
      setText(said, this.#say(sent.answer.logged?.proof === undefined ? 'save.unproved' : 'save.ready'))
      this.#offer(sent.answer, of.at_utc.slice(0, 10))
    })
  }

  #offer(saved: SavedCheck, day: string): void {
    const { name, file } = fileOf(saved, day)
    const link = this.#toolPart('link')
    const before = link.querySelector('a')
    if (before !== null) URL.revokeObjectURL(before.href)
    const words = this.#say('save.link', { name })
    link.replaceChildren(element('a', { class: 'btn', href: URL.createObjectURL(file), download: name }, words))
    show(this.#toolPart('file'), true)
  }
}

/**
 * Keeps the screen on while the page is visible, where the browser can, until the signal aborts. A screen that goes
 * off stops the page; locking the phone does so all the same.
 */
function keepAwake(signal: AbortSignal): void {
  let lock: WakeLockSentinel | undefined
  const take = async (): Promise<void> => {
    if (signal.aborted || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    try {
      const taken = await navigator.wakeLock.request('screen')
      if (signal.aborted) await taken.release()
      else lock = taken
    } catch {
      // A battery that runs low: the hour continues without.
    }
  }
  // A reader who comes back to the page has lost it.
  document.addEventListener('visibilitychange', () => void take(), { signal })
  signal.addEventListener('abort', () => void lock?.release().catch(() => undefined))
  void take()
}

/** A part of the tool by its name. The server writes them all (site/check/page/check.ts). */
function toolPart<T extends HTMLElement = HTMLElement>(root: ParentNode, name: string): T {
  const found = root.querySelector<T>(`[data-part="${name}"], [data-do="${name}"]`)
  if (found === null) throw new Error(`The page has no part "${name}"`)
  return found
}

/** Changes a text only where it is another one, so that nothing is read out twice. */
function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text
}

/** Shows a part, or hides it from everyone. */
const show = (place: HTMLElement, isShown: boolean): void => {
  place.toggleAttribute('hidden', !isShown)
}
