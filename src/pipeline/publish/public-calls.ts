import type { HeldMeasurement } from './publish.ts'

/** What the thread is started with. */
export interface PublicSetup {
  /** Fingerprints by which pages are read. */
  readonly fingerprintFiles: readonly string[]
  /** Data folder whose store says which values are common; without one none is. */
  readonly folder?: string
}

/** Asks a thread for the public form of a measurement, as text. */
export interface PublicTextCall {
  readonly measurement: HeldMeasurement
  /** Said first in the text. */
  readonly simulated: boolean
  /** Indented for people, or one line for programs; ends with a line feed. */
  readonly layout: 'indented' | 'line'
  /** Bytes of the text that are wanted; the whole text where absent. */
  readonly most?: number
}

export interface PublicTextReply {
  /** UTF-8, cut between characters where it is longer than was wanted. */
  readonly text: Uint8Array<ArrayBuffer>
  /** Length of the whole text. */
  readonly bytes: number
}

/** The answer of our own thread: its shape is this file's, not one from outside. */
export const decodePublicTextReply = (value: unknown): PublicTextReply => value as PublicTextReply
