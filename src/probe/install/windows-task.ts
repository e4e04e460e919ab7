import { DESCRIPTION, wordsOf, type ServiceProgram } from './program.ts'

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** A word as the C runtime of Windows reads it from a command line. */
const quote = (word: string): string => `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`

/**
 * A task for the Task Scheduler of Windows, begun when its owner signs in, with their rights and no more. Not tested on
 * Windows. Source: Task Scheduler schema 1.4. The file is read as UTF-16 by `schtasks /create /xml`.
 */
export function windowsTask(program: ServiceProgram): string {
  const [command = '', ...words] = wordsOf(program)
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>${escape(DESCRIPTION)}</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals><Principal id="owner"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>8</Priority>
    <RestartOnFailure><Interval>PT5M</Interval><Count>12</Count></RestartOnFailure>
  </Settings>
  <Actions Context="owner">
    <Exec><Command>${escape(command)}</Command><Arguments>${escape(words.map(quote).join(' '))}</Arguments></Exec>
  </Actions>
</Task>
`
}
