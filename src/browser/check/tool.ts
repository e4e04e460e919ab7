import type { CrowdCheck, CrowdHour } from '../../model/crowd-check.ts'
import type { SavedCheck } from '../../model/saved-check.ts'
import type { Lang } from '../../text/lang.ts'
import { element } from '../verify/element.ts'
import { endingOf } from './ending.ts'
import { HOUR_CHECKS, runHour } from './hour.ts'
import { part, setText, show } from './parts.ts'
import { renewPlan, type KnownPlan } from './plan.ts'
import { fileOf, logCheck, unlogged } from './proof.ts'
import { makeRows, type Rows } from './rows.ts'
import { runCheck, type CheckNews, type FinishedCheck } from './run-check.ts'
import { sendCheck, type Sent } from './send.ts'
import { makeStrip } from './strip.ts'
import { leftTime, type Say } from './words.ts'

export interface ToolOptions {
  readonly known: KnownPlan
  readonly say: Say
  readonly lang: Lang
  /** Name of the reader's network, where it is known. */
  readonly network: string | undefined
}

/** Whatever is found lives in this object alone: nothing is stored, and closing the page forgets it. */
export class CheckTool {
  readonly #root: HTMLElement
  readonly #options: ToolOptions
  readonly #rows: Rows
  #known: KnownPlan
  #running: AbortController | undefined
  #last: FinishedCheck | undefined
  #hour: CrowdCheck[] = []
  /** What was made a file of, so that a second press only fetches what is missing. */
  #saved: { readonly of: CrowdCheck; readonly count: number; readonly saved: SavedCheck } | undefined

  constructor(root: HTMLElement, options: ToolOptions) {
    this.#root = root
    this.#options = options
    this.#known = options.known
    this.#rows = makeRows(this.#part('rows'), options.known.plan.targets, options)
    this.#on('start', () => this.#check())
    this.#on('stop', () => this.#running?.abort())
    this.#on('hour', () => this.#witness())
    this.#on('end-hour', () => this.#running?.abort())
    this.#on('send', () => this.#send())
    this.#on('save', () => this.#save())
    this.#part('tick').addEventListener('change', () => this.#settle())
    this.#part('region').addEventListener('change', () => this.#showText())
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
    return part<T>(this.#root, name)
  }

  #on(name: string, act: () => void | Promise<void>): void {
    this.#part(name).addEventListener('click', () => void act())
  }

  /** Which buttons there are now. */
  #settle(busy?: 'check' | 'hour' | 'network'): void {
    show(this.#part('start'), busy !== 'check')
    show(this.#part('stop'), busy === 'check')
    show(this.#part('hour'), busy !== 'hour')
    show(this.#part('end-hour'), busy === 'hour')
    const isBusy = busy !== undefined
    const isTicked = this.#part<HTMLInputElement>('tick').checked
    for (const name of ['start', 'hour', 'send']) this.#part<HTMLButtonElement>(name).disabled = isBusy
    this.#part<HTMLButtonElement>('save').disabled = isBusy || !isTicked || this.#last === undefined
  }

  /** Does one thing at a time. */
  async #busy(what: 'check' | 'hour' | 'network', act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#running !== undefined) return
    const running = new AbortController()
    this.#running = running
    this.#settle(what)
    try {
      await act(running.signal)
    } finally {
      this.#running = undefined
      this.#settle()
    }
  }

  #tell = (news: CheckNews): void => {
    this.#rows.tell(news)
    if (news.kind === 'pause') setText(this.#part('progress'), this.#say('pause', { seconds: news.seconds }))
  }

  get #say(): Say {
    return this.#options.say
  }

  async #check(): Promise<void> {
    await this.#busy('check', async (signal) => {
      this.#begin()
      this.#part('stop').focus()
      this.#known = await renewPlan(this.#known, signal)
      const finished = await runCheck(this.#known, { signal, tell: this.#tell, region: null })
      this.#finish(finished)
      setText(this.#part('progress'), finished.isStopped ? this.#say('stopped') : '')
    }).catch(() => setText(this.#part('progress'), this.#say('stopped')))
    if (this.#last !== undefined) this.#part('sentence').focus()
  }

  #begin(): void {
    const all = this.#known.plan.targets.length
    show(this.#part('result'), true)
    setText(this.#part('progress'), this.#say('asking', { done: 0, all }))
    this.#rows.begin()
  }

  #finish(finished: FinishedCheck): void {
    this.#last = finished
    this.#rows.finish(finished)
    const { plan } = this.#known
    const { say, network } = this.#options
    const { sentence, lines } = endingOf(finished.judged, { say, plan, network, now: Date.now() })
    setText(this.#part('sentence'), sentence)
    this.#part('lines').replaceChildren(...lines.map((line) => element('p', {}, line)))
    show(this.#part('after'), true)
    setText(this.#part('sent'), '')
    this.#showText()
  }

  async #witness(): Promise<void> {
    const { say } = this.#options
    const [left, said] = [this.#part('left'), this.#part('hour-said')]
    const strip = makeStrip(this.#part('strip'), this.#known.plan.targets, say)
    this.#hour = []
    await this.#busy('hour', async (signal) => {
      this.#part('end-hour').focus()
      await runHour(this.#known, {
        signal,
        tell: this.#tell,
        begin: (nth) => {
          this.#begin()
          setText(left, say('hour.checking', { nth: nth + 1, all: HOUR_CHECKS }))
        },
        finish: (nth, finished) => {
          this.#finish(finished)
          setText(this.#part('progress'), '')
          this.#hour.push(finished.check)
          strip.put(nth, finished)
        },
        wait: (next, rest) => setText(left, say('hour.next', { next: leftTime(next), left: leftTime(rest) })),
      })
      const ended = say(signal.aborted ? 'hour.ended' : 'hour.done', { count: this.#hour.length })
      setText(left, ended)
      setText(said, ended)
      if (this.#last !== undefined) this.#rows.finish(this.#last)
      setText(this.#part('progress'), '')
    })
    this.#part('hour').focus()
  }

  /** What is sent, with the region that the reader chose, if any. */
  #chosen(check: CrowdCheck): CrowdCheck {
    const region = this.#part<HTMLSelectElement>('region').value
    return { ...check, region: region === '' ? null : (region as CrowdCheck['region']) } // one of the list of the server
  }

  #showText(): void {
    if (this.#last === undefined) return
    setText(this.#part('text'), JSON.stringify(this.#chosen(this.#last.check), null, 1))
  }

  async #send(): Promise<void> {
    const { check } = this.#last ?? {}
    if (check === undefined) return
    const said = this.#part('sent')
    await this.#busy('network', async (signal) => {
      setText(said, this.#say('send.working'))
      const sent = await sendCheck(this.#chosen(check), signal)
      setText(said, sent.kind === 'taken' ? this.#say('send.sent') : this.#notSent(sent))
    })
  }

  #notSent(sent: Exclude<Sent<unknown>, { readonly kind: 'taken' }>): string {
    return sent.kind === 'busy' ? this.#say('busy', { seconds: sent.seconds }) : this.#say(sent.kind)
  }

  async #save(): Promise<void> {
    const of = this.#last?.check
    if (of === undefined) return
    const said = this.#part('saved')
    const count = this.#hour.length
    // A check made after the hour stands for itself.
    const inside: CrowdCheck | CrowdHour = this.#hour.includes(of)
      ? { format: 'kuager-crowd-hour/1', checks: this.#hour }
      : of
    const isSame = this.#saved?.of === of && this.#saved.count === count
    const saved = isSame && this.#saved !== undefined ? this.#saved.saved : unlogged(inside)
    await this.#busy('network', async (signal) => {
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
    const link = this.#part('link')
    const before = link.querySelector('a')
    if (before !== null) URL.revokeObjectURL(before.href)
    const words = this.#say('save.link', { name })
    link.replaceChildren(element('a', { class: 'btn', href: URL.createObjectURL(file), download: name }, words))
    show(this.#part('file'), true)
  }
}
