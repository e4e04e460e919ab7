' Opens the page of the probe without a window. With "install": puts it into the start menu too. If the program cannot
' read its settings (2), its message is shown in a window.
Set shell = CreateObject("WScript.Shell")
folder = Left(WScript.ScriptFullName, InStrRev(WScript.ScriptFullName, "\"))
If WScript.Arguments.Count > 0 Then
  On Error Resume Next
  Set link = shell.CreateShortcut(shell.SpecialFolders("Programs") & "\Kuager.lnk")
  link.TargetPath = "wscript.exe"
  link.Arguments = "//B """ & WScript.ScriptFullName & """"
  link.Save
  On Error GoTo 0
End If
page = """" & folder & "kuager-probe.exe"" page"
If shell.Run("cmd /d /s /c """ & page & " >nul 2>&1""", 0, True) = 2 Then shell.Run "cmd /d /s /k """ & page & """", 1, False
