import type { ByteRange } from '../../web/request/byte-range.ts'

/** Systems for which a release has programs, in the order in which a page shows them to a reader whose system is not known. */
export const RELEASE_SYSTEMS = ['windows', 'linux', 'macos', 'router'] as const
export type ReleaseSystem = (typeof RELEASE_SYSTEMS)[number]

/** A program that a volunteer downloads; its bytes were compared with its hash. */
export interface ReleaseFile {
  readonly name: string
  readonly bytes: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
  readonly system: ReleaseSystem
  /** Whether its signature by the key of releases was verified. */
  readonly signed: boolean
}

/** What can be downloaded now. */
export interface Release {
  readonly programs: readonly ReleaseFile[]
  /** Key of releases as `minisign -P` takes it; absent: the operator named none. */
  readonly publicKey?: string
}

/** The operator's folder of releases. */
export interface ReleaseShelf {
  current(): Promise<Release>
  /** A file by its name, programs and what is next to them. */
  find(name: string): Promise<{ readonly bytes: number; readonly sha256: string } | undefined>
  /** Reads a part; undefined where the file is no longer the one that was verified. */
  open(
    name: string,
    part: ByteRange,
    from?: string,
  ): Promise<{ readonly bytes: number; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> } | 'busy' | undefined>
}

/** The operator's folder of updates, by paths within it (docs/operating/release.md). */
export interface UpdateFiles {
  /** `tag`: another one whenever the bytes may be others. */
  find(path: string): Promise<{ readonly bytes: number; readonly tag: string } | undefined>
  open(
    path: string,
    part: ByteRange,
    from?: string,
  ): Promise<{ readonly bytes: number; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> } | 'busy' | undefined>
}

/** What the operator set for people who want to measure. */
export interface JoinDesk {
  /** Absent: the operator offers no program. */
  readonly releases?: ReleaseShelf
  /** Absent: probes get no updates here. */
  readonly updates?: UpdateFiles
  /** Collectors next to the site itself, and test helpers abroad, as the link names them. */
  readonly collectors: readonly string[]
  readonly controls: readonly string[]
  /** Link of OONI Run for phones. */
  readonly ooniRun?: string
  /** Where the source of the program is. */
  readonly repository?: string
}

/** Nothing is set. */
export const NO_JOIN_DESK: JoinDesk = { collectors: [], controls: [] }
