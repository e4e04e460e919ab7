import { Kysely } from 'kysely'
import type { RegistryDatabase } from '../database.ts'
import { GroupCommit } from '../group-commit.ts'
import { openSqlite } from '../sqlite-dialect.ts'
import { keysFile, openRegistry } from '../sqlite.ts'
import type { AnyTables } from './copy-part.ts'

/** The file of keys of a folder as tables of a part: its own have the same names and columns. */
export async function openKeysFile(
  folder: string,
): Promise<Pick<RegistryDatabase<AnyTables>, 'calls'> & AsyncDisposable> {
  openRegistry(folder)[Symbol.dispose]() // brings it to the newest version
  const sqlite = openSqlite(keysFile(folder))
  const db = new Kysely<AnyTables>({ dialect: sqlite.dialect })
  const calls = new GroupCommit(db, async () => undefined)
  return {
    calls,
    async [Symbol.asyncDispose]() {
      await calls.idle()
      await db.destroy()
      sqlite.close()
    },
  }
}
