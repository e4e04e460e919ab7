/** What a command may touch of its caller; a command run inside the server writes to its client through the same shape. */
export interface World {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
  /** True where a person watches `err`: progress bars and colours only then. */
  readonly terminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asks a person one question; undefined where no answer came. Absent if no one is there to answer. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string | undefined>
  /** Columns and rows of the terminal of `err`; absent where there is none. */
  readonly size?: () => { readonly columns: number; readonly rows: number }
  /** Columns of the terminal that `out` is; absent where it is none. */
  readonly outColumns?: () => number
  /** Folder against which relative paths are read. */
  readonly cwd: string
  readonly signal: AbortSignal
  /** Runs another command line in a given world: for the command that holds a data folder and serves others. */
  readonly runCommand: (argv: readonly string[], world: World) => Promise<number>
}
