import { SERVICE_NAME, wordsOf, type ServiceProgram } from './program.ts'

/** Where Windows looks for what it starts when its owner signs in. Needs no administrator. */
const RUN_KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'

/**
 * A script that keeps a program running without a window, until its entry is removed from the registry; the program is
 * its arguments, since hosts disagree on how a file with other letters is encoded. A program that ended by itself (0, or
 * 2 and 3: consent or settings are missing) is not started again. Tried under Wine, not on Windows.
 * Source: Windows Script Host, WshShell.Run and RegRead.
 */
export const HIDDEN_START = `' Written by kuager-probe.
Set shell = CreateObject("WScript.Shell")
For i = 0 To WScript.Arguments.Count - 1
  line = line & """" & WScript.Arguments(i) & """ "
Next
Do
  code = shell.Run("cmd /d /s /c """ & line & ">nul 2>&1""", 0, True)
  If code = 0 Or code = 2 Or code = 3 Then Exit Do
  WScript.Sleep 300000
  On Error Resume Next
  shell.RegRead "${RUN_KEY}\\${SERVICE_NAME}"
  If Err.Number <> 0 Then Exit Do
  On Error GoTo 0
Loop
`.replaceAll('\n', '\r\n')

/** Commands that have Windows start the program at each sign-in by this script, and now. */
export function startHidden(script: string, program: ServiceProgram): readonly (readonly string[])[] {
  const words = [script, ...wordsOf(program), '--log', `${program.folder}\\daemon.log`]
  const line = ['wscript.exe', '//B', ...words.map((word) => `"${word}"`)].join(' ')
  return [
    ['reg', 'add', RUN_KEY, '/v', SERVICE_NAME, '/t', 'REG_SZ', '/d', line, '/f'],
    ['cmd', '/d', '/c', 'start', '', '/b', 'wscript.exe', '//B', ...words],
  ]
}

/** Commands that end this; the daemon itself is stopped by who holds its lock. */
export const stopHidden: readonly (readonly string[])[] = [['reg', 'delete', RUN_KEY, '/v', SERVICE_NAME, '/f']]
