// Writes the types of the messages: `npm run messages`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GENERATED, generateTypes } from '../test/house/messages.ts'
import { ROOT } from '../test/house/sources.ts'

writeFileSync(join(ROOT, GENERATED), generateTypes())
