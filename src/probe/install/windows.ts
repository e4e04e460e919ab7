import { SERVICE_NAME, wordsOf, type ServiceProgram } from './program.ts'

/** Where Windows looks for what it starts when its owner signs in. Needs no administrator. */
const RUN_KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'
/** Where the command line of the daemon is stored: hosts disagree on how a file with other letters is encoded. */
const OWN_KEY = `HKCU\\Software\\${SERVICE_NAME}`
const COMMAND = 'daemon'
/** Windows ignores a longer entry. Source: Microsoft, "Run and RunOnce Registry Keys". */
const LONGEST_ENTRY = 260

/**
 * A script that keeps a program running without a window, until its entry is removed from the registry. A program that
 * ended by itself (0, or 2 and 3: consent or settings are missing) is not started again. Tried under Wine, not on
 * Windows. Source: Windows Script Host, WshShell.Run and RegRead.
 */
export const HIDDEN_START = `' Written by kuager-probe.
Set shell = CreateObject("WScript.Shell")
line = shell.RegRead("${OWN_KEY}\\${COMMAND}")
Do
  code = shell.Run("cmd /d /s /c """ & line & " >nul 2>&1""", 0, True)
  If code = 0 Or code = 2 Or code = 3 Then Exit Do
  For waited = 1 To 20
    WScript.Sleep 15000
    On Error Resume Next
    shell.RegRead "${RUN_KEY}\\${SERVICE_NAME}"
    If Err.Number <> 0 Then WScript.Quit
    On Error GoTo 0
  Next
Loop
`.replaceAll('\n', '\r\n')

const entryOf = (script: string): string => `wscript.exe //B "${script}"`

/** Whether Windows starts this script when its owner signs in: its path may be too long. */
export const fitsEntry = (script: string): boolean => entryOf(script).length <= LONGEST_ENTRY

/** Commands that have Windows start the program at each sign-in by this script, and now. */
export function startHidden(script: string, program: ServiceProgram): readonly (readonly string[])[] {
  const words = [...wordsOf(program), '--log', `${program.folder}\\daemon.log`]
  const line = words.map((word) => `"${word}"`).join(' ')
  return [
    ['reg', 'add', OWN_KEY, '/v', COMMAND, '/t', 'REG_SZ', '/d', line, '/f'],
    ['reg', 'add', RUN_KEY, '/v', SERVICE_NAME, '/t', 'REG_SZ', '/d', entryOf(script), '/f'],
    ['cmd', '/d', '/c', 'start', '', '/b', 'wscript.exe', '//B', script],
  ]
}

/** Commands that end this; the daemon itself is stopped by the process that deletes its folder. */
export const stopHidden: readonly (readonly string[])[] = [
  ['reg', 'delete', RUN_KEY, '/v', SERVICE_NAME, '/f'],
  ['reg', 'delete', OWN_KEY, '/f'],
]
