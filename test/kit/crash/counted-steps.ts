/**
 * Work as counts and never as time:
 * - how often each block of a function ran (precise coverage of V8), times the length of the block in the source;
 * - what the built-in functions of texts go over, in characters;
 * - steps of regular expressions, those that go back too (test/kit/crash/regex-steps.ts).
 * Blocks are counted in functions that are compiled after this file was loaded: import it before what is measured.
 * Not counted: spreading and sorting of arrays by the engine, and the garbage collector.
 */
import { Session } from 'node:inspector'
import { regexSteps } from './regex-steps.ts'

const { exec: EXEC } = RegExp.prototype
const session = new Session()
session.connect()

function ask(method: string, params: object = {}): unknown {
  let given: unknown
  session.post(method, params, (error, result) => {
    if (error !== null) throw error
    given = result
  })
  return given
}

ask('Profiler.enable')
ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

/** Characters of source that ran: each block as often as it was entered, without the blocks inside it. */
function ranOf(ranges: readonly Range[]): number {
  const [outer, ...inner] = ranges
  if (outer === undefined) return 0
  let ran = 0
  const open: { range: Range; own: number }[] = [{ range: outer, own: outer.endOffset - outer.startOffset }]
  const close = (): void => {
    const last = open.pop()
    if (last !== undefined) ran += last.own * last.range.count
  }
  for (const range of inner) {
    while ((open.at(-1)?.range.endOffset ?? Infinity) <= range.startOffset) close()
    const around = open.at(-1)
    const length = range.endOffset - range.startOffset
    if (around !== undefined) around.own -= length
    open.push({ range, own: length })
  }
  while (open.length > 0) close()
  return ran
}

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly { readonly ranges: readonly Range[] }[]
  }[]
}

/** Characters that a built-in function of texts goes over, by what it was given and what it gave. */
type Charge = (self: string, args: readonly unknown[], given: unknown) => number
const whole: Charge = (self) => self.length
const untilFound: Charge = (self, [, from], given) => {
  const begin = typeof from === 'number' ? from : 0
  return typeof given === 'number' && given >= 0 ? given - begin : self.length - begin
}
const CHARGES: Readonly<Record<string, Charge>> = {
  indexOf: untilFound,
  includes: whole,
  lastIndexOf: whole,
  split: whole,
  trim: whole,
  toLowerCase: whole,
  toUpperCase: whole,
  normalize: whole,
  replaceAll: whole,
  isWellFormed: whole,
  // A part of a text is a view of it; short ones are copied.
  slice: (_self, _args, given) => Math.min(16, String(given).length),
}

/** Where counting the steps of one search ends: enough to tell that it is too much. */
const MOST_STEPS = 5_000_000

/** Tells of each use of a regular expression how many steps it takes. */
function wrapExec(used: (steps: number) => void): () => void {
  const counted = function (this: RegExp, text: string): RegExpExecArray | null {
    const from = this.global || this.sticky ? this.lastIndex : 0
    RegExp.prototype.exec = EXEC
    used(regexSteps(this, String(text), from, MOST_STEPS))
    RegExp.prototype.exec = counted
    return EXEC.call(this, text)
  }
  RegExp.prototype.exec = counted
  return () => {
    RegExp.prototype.exec = EXEC
  }
}

/** Runs an act and counts its work inside the files of a folder. */
export function countWork(folder: string, act: () => unknown): number {
  let charged = 0
  const undo: (() => void)[] = []
  const wrap = (holder: object, name: string, charge: Charge): void => {
    const before: unknown = Reflect.get(holder, name)
    if (typeof before !== 'function') throw new Error(`no function ${name}`)
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      const given: unknown = Reflect.apply(before, this, args)
      charged += Math.max(0, charge(String(this), args, given))
      return given
    }
    Object.defineProperty(holder, name, { value: counted, configurable: true, writable: true })
    undo.push(() => Object.defineProperty(holder, name, { value: before, configurable: true, writable: true }))
  }
  try {
    ask('Profiler.takePreciseCoverage') // begins from nought
    for (const [name, charge] of Object.entries(CHARGES)) wrap(String.prototype, name, charge)
    undo.push(wrapExec((steps) => (charged += steps)))
    act()
  } finally {
    for (const back of undo) back()
  }
  const { result } = ask('Profiler.takePreciseCoverage') as Coverage // the shape of the protocol
  const ours = result.filter(({ url }) => url.includes(folder))
  return charged + ours.flatMap(({ functions }) => functions).reduce((all, { ranges }) => all + ranOf(ranges), 0)
}
