import { createCase } from '../../casework/case/case-folder.ts'
import { say } from '../../core/text/format.ts'
import { printable } from '../../core/text/printable.ts'
import { task } from '../terminal/command.ts'
import { required } from '../terminal/option.ts'
import { LANG } from '../terminal/shared-options.ts'
import { ACTOR, CASE, caseCall } from './options.ts'

export const command = task({
  about: 'Create the folder of a case, readable only by you.',
  examples: ['my-case --name "YouTube in December"'],
  words: CASE,
  usage: ['DIR --name NAME [options]'],
  options: {
    name: required('NAME', 'A name for yourself. It appears in no document.', 'a name for yourself'),
    actor: ACTOR,
    lang: LANG,
  },
  async run({ name, lang, ...values }, call) {
    const { world, words } = call
    const { folder, acting } = caseCall(values, call)
    await createCase(folder, name, acting)
    world.out.write(`${say(lang, 'casework.made', { folder: printable(words[0] ?? '') })}\n`)
    world.err.write(`${say(lang, 'casework.safety')}\n${say(lang, 'casework.safety-disk')}\n`)
    return 0
  },
})
