@echo off
rem Stops the probe, deletes keys, queue, settings and consent, then the program itself.
setlocal
set "TO=%LOCALAPPDATA%\Programs\kuager-probe"
rem A newer version that runs would hold its own file.
taskkill /f /fi "IMAGENAME eq kuager-probe-*" >nul 2>&1
"%TO%\kuager-probe.exe" forget --yes >nul 2>&1
taskkill /f /im kuager-probe.exe >nul 2>&1
del /q "%APPDATA%\Microsoft\Windows\Start Menu\Programs\Kuager.lnk" >nul 2>&1
cd /d "%TEMP%"
rem The last line removes the folder of this file too.
rmdir /s /q "%TO%" & exit /b 0
