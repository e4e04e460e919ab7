/** Value of a typed query parameter. */
export type Param = string | number | boolean | readonly string[] | readonly number[]
export type Params = Readonly<Record<string, Param>>
export type Row = Readonly<Record<string, unknown>>

/** What a statement is for: a server gives each its own time. */
export type QueryUse = 'page' | 'detection' | 'maintenance'

/**
 * What the warehouse needs of ClickHouse, embedded or a server: the same SQL goes to both.
 * Errors of the engine come as Fault with the beginning of the statement.
 */
export interface Engine extends AsyncDisposable {
  /** Rows of a SELECT; 64-bit integers come as numbers. */
  query(sql: string, params: Params): Promise<readonly Row[]>
  /** The same as text, for `parseRows` in another thread: lines of JSON arrays, the names of the columns first. */
  queryText(sql: string, params: Params): Promise<string>
  /** Runs a statement to its end. */
  command(sql: string, params: Params): Promise<void>
  /** Inserts blocks of the Native format, all of these columns, given in pieces; visible when resolved. */
  insertNative(table: string, columns: readonly string[], pieces: readonly Uint8Array[]): Promise<void>
  /** Throws where a server does not answer now. */
  reach(): Promise<void>
  /** Gives back to the system the memory that is held for the next query; nothing on a server, which is not ours. */
  releaseMemory(): Promise<void>
}

/** How much of the machine an engine may take. */
export interface EngineLimits {
  /** Bytes the engine may hold; a query beyond it fails, the process lives. */
  readonly memoryBytes: number
  readonly threads: number
}
