@echo off
rem Puts the probe into the programs of this user and opens its page. Needs no administrator.
setlocal
set "TO=%LOCALAPPDATA%\Programs\kuager-probe"
if not exist "%TO%" mkdir "%TO%"
copy /y "%~dp0kuager-probe.exe" "%TO%\kuager-probe.exe" >nul || goto failed
copy /y "%~dp0page.vbs" "%TO%\page.vbs" >nul || goto failed
copy /y "%~dp0uninstall.cmd" "%TO%\uninstall.cmd" >nul || goto failed
start "" wscript.exe //B "%TO%\page.vbs" install
exit /b 0
:failed
echo Could not write to "%TO%". If the probe is running, pause it on its page and try again.
pause
exit /b 1
