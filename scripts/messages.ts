// Writes the types of the messages from the English ones and checks every language: `npm run messages`, one language with
// `npm run messages -- kk`. Prints what is wrong, what is left to translate and which keys no code uses; ends with 1 where
// something is wrong.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkMessages, GENERATED, generateTypes, languagesWritten } from '../test/house/messages.ts'
import { unusedKeys } from '../test/house/message-keys.ts'
import { ROOT } from '../test/house/sources.ts'

const asked = process.argv.slice(2)
const known = languagesWritten()
const unknown = asked.find((lang) => !known.includes(lang))
if (unknown !== undefined) {
  console.error(`No folder messages/${unknown}: there are ${known.join(', ')}`)
  process.exitCode = 2
} else {
  for (const lang of asked.length > 0 ? asked : known) {
    const { errors, left, same } = checkMessages(lang)
    for (const error of errors) console.log(`error: ${error}`)
    for (const key of left) console.log(`to translate: ${lang} ${key}`)
    for (const key of same) console.log(`same as English: ${lang} ${key}`)
    console.log(`${lang}: ${errors.length} errors, ${left.length} to translate, ${same.length} same as English`)
    if (errors.length > 0) process.exitCode = 1
  }
  for (const key of unusedKeys()) {
    console.log(`error: no code uses ${key}`)
    process.exitCode = 1
  }
  if (process.exitCode === undefined) writeFileSync(join(ROOT, GENERATED), generateTypes())
}
