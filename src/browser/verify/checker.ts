import { InputError } from '../../core/model/errors.ts'
import type { CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { readTrustedRoots } from '../../core/evidence/time-stamp/trusted-roots.ts'
import { chosenFolder, chosenZip, type ChosenFiles } from './chosen.ts'
import { startRun, type OwnScript, type VerifyRun } from './run.ts'
import type { WorkerMessage } from './told.ts'
import { sha256 } from './tools.ts'

/** How far the check of what was chosen is. */
export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly sound: boolean }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'broken'; readonly why: string }

export interface CheckerState {
  readonly chosen: ChosenFiles | undefined
  /** What was chosen or dropped is neither one zip nor one folder, or nothing was. */
  readonly refused: boolean
  /** Keys that the reader trusts, as typed. */
  readonly keys: string
  /** The first line of them that is not a key. */
  readonly badKey: string | undefined
  /** Files of roots that the reader trusts, and the first of them that holds none. */
  readonly rootFiles: readonly string[]
  readonly badRoots: string | undefined
  readonly judge: boolean
  readonly phase: Phase
  readonly steps: readonly CheckedStep[]
  /** Bytes read so far. */
  readonly read: number
  readonly judged: { readonly done: number; readonly all: number } | undefined
}

/** What changed: `told` only figures of a running check, `phase` anything else. */
export type CheckerChange = 'told' | 'phase'

/** One check at a time, and the elements that show it. A page may show it in several languages at once. */
export class Checker {
  readonly #own: OwnScript
  readonly #shows: ((state: CheckerState, change: CheckerChange) => void)[] = []
  #run: VerifyRun | undefined
  #roots: readonly string[] = []
  #state: CheckerState = {
    chosen: undefined,
    refused: false,
    keys: '',
    badKey: undefined,
    rootFiles: [],
    badRoots: undefined,
    judge: true,
    phase: { kind: 'idle' },
    steps: [],
    read: 0,
    judged: undefined,
  }

  constructor(own: OwnScript) {
    this.#own = own
  }

  show(show: (state: CheckerState, change: CheckerChange) => void): void {
    this.#shows.push(show)
    show(this.#state, 'phase')
  }

  chooseZip(file: File | undefined): void {
    if (file !== undefined) this.choose(chosenZip(file))
  }

  chooseFolder(files: Iterable<File>): void {
    const chosen = chosenFolder(files)
    if (chosen !== undefined) this.choose(chosen)
  }

  /** Undefined: what was dropped is neither one zip nor one folder. */
  choose(chosen: ChosenFiles | undefined): void {
    this.#run?.stop()
    this.#set({ chosen, refused: chosen === undefined, phase: { kind: 'idle' }, ...NOTHING_FOUND })
  }

  typeKeys(keys: string): void {
    this.#set({ keys, badKey: undefined })
  }

  /** Reads files of roots in PEM; one without a root is named, and none of them counts. */
  async chooseRoots(files: readonly File[]): Promise<void> {
    const roots: string[] = []
    let badRoots: string | undefined
    for (const file of files) {
      try {
        roots.push(...readTrustedRoots(file.size > MOST_ROOTS ? '' : await file.text(), sha256))
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        badRoots ??= file.name
      }
    }
    this.#roots = badRoots === undefined ? roots : []
    this.#set({ rootFiles: badRoots === undefined ? files.map(({ name }) => name) : [], badRoots })
  }

  setJudge(judge: boolean): void {
    this.#set({ judge })
  }

  start(): void {
    const { chosen, judge } = this.#state
    if (chosen === undefined) return this.#set({ refused: true })
    const keys = linesOf(this.#state.keys)
    const badKey = keys.find((line) => !isKey(line))
    if (badKey !== undefined) return this.#set({ badKey })
    this.#run?.stop()
    this.#set({ phase: { kind: 'running' }, badKey, ...NOTHING_FOUND })
    this.#run = startRun({ chosen, keys, roots: this.#roots, judge }, this.#own, (told) => {
      this.#take(told)
    })
  }

  stop(): void {
    this.#run?.stop()
    this.#set({ phase: { kind: 'stopped' } })
  }

  #take(told: WorkerMessage): void {
    switch (told.kind) {
      case 'step':
        return this.#set({ steps: [...this.#state.steps, told.step], judged: undefined })
      case 'read':
        return this.#set({ read: told.bytes }, 'told')
      case 'judged':
        return this.#set({ judged: { done: told.done, all: told.all } }, 'told')
      case 'done':
        this.#run?.stop()
        return this.#set({ phase: { kind: 'done', sound: told.sound } })
      case 'broken':
        this.#run?.stop()
        return this.#set({ phase: { kind: 'broken', why: told.why } })
    }
  }

  #set(change: Partial<CheckerState>, kind: CheckerChange = 'phase'): void {
    this.#state = { ...this.#state, ...change }
    for (const show of this.#shows) show(this.#state, kind)
  }
}

/** Bytes of a file of roots: a few certificates. */
const MOST_ROOTS = 1_000_000

const NOTHING_FOUND = { steps: [], read: 0, judged: undefined } as const

const linesOf = (text: string): readonly string[] => text.split(/\s+/).filter((line) => line !== '')

function isKey(line: string): boolean {
  try {
    parseVerifierKey(line, sha256)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}
