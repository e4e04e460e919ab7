' Opens the page of the probe without a window. With "install": puts it into the start menu too.
Set shell = CreateObject("WScript.Shell")
folder = Left(WScript.ScriptFullName, InStrRev(WScript.ScriptFullName, "\"))
shell.Run "cmd /d /s /c """"" & folder & "kuager-probe.exe"" page >nul 2>&1""", 0, False
If WScript.Arguments.Count > 0 Then
  On Error Resume Next
  Set link = shell.CreateShortcut(shell.SpecialFolders("Programs") & "\Kuager.lnk")
  link.TargetPath = "wscript.exe"
  link.Arguments = "//B """ & WScript.ScriptFullName & """"
  link.Save
End If
