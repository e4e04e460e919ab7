import type { World } from '../../../runtime/world.ts'
import type { RunEvent } from '../../../probe/measure/contract.ts'
import type { Service } from '../../../core/model/tables/service.ts'
import { networkLabel } from '../../../core/text/sentence/verdict.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { lineSentence } from '../../../core/text/sentence/probe.ts'
import { printable } from '../../../core/text/printable.ts'
import { wrap } from '../../terminal/wrap.ts'

interface Row {
  readonly name: string
  readonly operations: number
  done: number
}

const BAR = 24
/** Lines that a picture needs besides its rows: head, bar, and one to spare. */
const AROUND = 4
const REDRAW_MS = 100

/** What a run shows while it goes on: a table that fills where a person watches, plain lines elsewhere. */
export class RunView {
  readonly #world: World
  readonly #lang: Lang
  readonly #names: ReadonlyMap<string, string>
  readonly #rows = new Map<string, Row>()
  #drawn = 0
  #last = -Infinity

  constructor(world: World, lang: Lang, services: readonly Service[]) {
    this.#world = world
    this.#lang = lang
    this.#names = new Map(services.map(({ id, name }) => [id, name]))
  }

  /** Takes what a run tells. `now` in milliseconds of any clock that runs forward. */
  show(event: RunEvent, now: number): void {
    switch (event.kind) {
      case 'network':
        if (event.network.asn !== 0) this.#say(this.#networkLine(event.network))
        return
      case 'line':
        return this.#say(lineSentence(this.#lang, event.report))
      case 'plan':
        for (const { id, operations } of event.services)
          this.#rows.set(id, { name: this.#names.get(id) ?? id, operations, done: 0 })
        return this.#draw(now)
      case 'operation': {
        const row = this.#rows.get(event.service)
        if (row !== undefined) row.done = event.done
        return this.#draw(now)
      }
      case 'service':
        return
    }
  }

  /** Something was said meanwhile: the picture stands below it again, until all is measured. */
  resume(): void {
    if ([...this.#rows.values()].some(({ operations, done }) => done < operations)) this.#draw(Infinity)
  }

  /** Takes the picture away; what is said next takes its place. */
  end(): void {
    if (this.#drawn > 0) this.#world.err.write(`\u001b[${this.#drawn}A\u001b[J`)
    this.#drawn = 0
  }

  #networkLine(network: Extract<RunEvent, { kind: 'network' }>['network']): string {
    const label = networkLabel(this.#lang, network.asn, network.name === '' ? undefined : network.name)
    return say(this.#lang, 'probe.run.network', { network: label })
  }

  #say(line: string): void {
    this.end()
    const columns = this.#world.size?.().columns
    const lines = columns === undefined ? [printable(line)] : wrap(printable(line), Math.max(20, columns - 1))
    this.#world.err.write(`${lines.join('\n')}\n`)
  }

  #draw(now: number): void {
    if (!this.#world.terminal || this.#rows.size === 0 || now - this.#last < REDRAW_MS) return
    if (Number.isFinite(now)) this.#last = now
    const lines = pictureOf([...this.#rows.values()], {
      lang: this.#lang,
      columns: this.#world.size?.().columns ?? 80,
      rows: this.#world.size?.().rows ?? 24,
    })
    // in one write, over what stands there: a picture that is erased first would flicker
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : ''
    this.#world.err.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
    this.#drawn = lines.length
  }
}

interface PictureSize {
  readonly lang: Lang
  readonly columns: number
  readonly rows: number
}

const stateOf = ({ operations, done }: Omit<Row, 'name'>): 'waiting' | 'measuring' | 'measured' =>
  done === 0 ? 'waiting' : done < operations ? 'measuring' : 'measured'

/**
 * The table with its bar, as lines no wider than the terminal. Where it has too few rows for all services, those that are
 * being measured stand first and the rest are only counted by the bar.
 */
export function pictureOf(
  services: readonly { readonly name: string; readonly operations: number; readonly done: number }[],
  { lang, columns, rows }: PictureSize,
): readonly string[] {
  const width = Math.max(20, columns - 1)
  const room = Math.max(1, rows - AROUND)
  const order = { measuring: 0, waiting: 1, measured: 2 } as const
  const shown =
    services.length <= room
      ? services
      : services.toSorted((one, other) => order[stateOf(one)] - order[stateOf(other)]).slice(0, room)
  const nameWidth = Math.min(28, Math.max(10, width - 14))
  const line = (name: string, state: string): string => {
    const short = name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name
    return `${short.padEnd(nameWidth)} ${state}`.slice(0, width)
  }
  const measured = services.filter((one) => stateOf(one) === 'measured').length
  return [
    line(say(lang, 'probe.run.column-service'), say(lang, 'probe.run.column-state')),
    ...shown.map((one) => line(printable(one.name), say(lang, `probe.run.${stateOf(one)}`))),
    barOf(services, width),
    say(lang, 'probe.run.progress', { done: String(measured), total: String(services.length) }).slice(0, width),
  ]
}

function barOf(services: readonly { readonly operations: number; readonly done: number }[], width: number): string {
  const all = services.reduce((sum, { operations }) => sum + operations, 0)
  const done = services.reduce((sum, one) => sum + Math.min(one.done, one.operations), 0)
  const length = Math.min(BAR, width - 8)
  const share = all === 0 ? 0 : done / all
  const filled = Math.round(share * length)
  return `[${'#'.repeat(filled)}${'.'.repeat(length - filled)}] ${Math.floor(share * 100)} %`
}
