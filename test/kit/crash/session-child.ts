import { openLetterStore } from '../../../src/letter/registry/open.ts'
import type { RegistryPlace } from '../../../src/store/registry/database.ts'
import { countAct } from '../stores/registry-rows.ts'

// Opens a registry of letters, says so, and appends a leaf for each message. Ends with its parent.
const store = await openLetterStore(JSON.parse(process.argv[2] ?? '') as RegistryPlace)
process.on('message', () => {
  void store.append([countAct('a')]).then(
    () => process.send?.('appended'),
    (error: unknown) => process.send?.(`Fault: ${String(error)}`),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('open')
