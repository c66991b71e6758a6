<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>CompareNotes</name>
    <message>
        <source>max %1, crest %2</source>
        <translation>max %1, Scheitel %2</translation>
    </message>
    <message>
        <source>Δ max %1</source>
        <translation>Δ max %1</translation>
    </message>
    <message>
        <source>Δ crest %1</source>
        <translation>Δ Scheitel %1</translation>
    </message>
    <message>
        <source>max %1</source>
        <translation>max %1</translation>
    </message>
    <message>
        <source>Δ %1</source>
        <translation>Δ %1</translation>
    </message>
    <message>
        <source>%1 % leaves its block</source>
        <translation>%1 % verlassen ihren Block</translation>
    </message>
    <message>
        <source>0 %, condition %1</source>
        <translation>0 %, Kondition %1</translation>
    </message>
</context>
<context>
    <name>DeepLink</name>
    <message>
        <source>link</source>
        <translation>Verweis</translation>
    </message>
    <message>
        <source>a link is batlab://open?session=FILE&amp;layer=20&amp;site=T4&amp;block=17, or 20/T4/17</source>
        <translation>ein Verweis ist batlab://open?session=DATEI&amp;layer=20&amp;site=T4&amp;block=17, oder 20/T4/17</translation>
    </message>
    <message>
        <source>there is no site &quot;%1&quot;</source>
        <translation>es gibt keine Stelle „%1“</translation>
    </message>
    <message>
        <source>%1 &quot;%2&quot; is no index</source>
        <translation>%1 „%2“ ist keine Nummer</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has too many parts</source>
        <translation>„%1“ hat zu viele Teile</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no link of Batlab</source>
        <translation>„%1“ ist kein Verweis von Batlab</translation>
    </message>
</context>
<context>
    <name>ImportedResults</name>
    <message>
        <source>, left out (direction not known): %1</source>
        <translation>, ausgelassen (Richtung unbekannt): %1</translation>
    </message>
    <message>
        <source>Choose a results_*.json that lm-evaluation-harness wrote with --output_path.</source>
        <translation>Eine results_*.json wählen, die lm-evaluation-harness mit --output_path geschrieben hat.</translation>
    </message>
    <message>
        <source>the file is larger than 64 MiB, results are small</source>
        <translation>die Datei ist größer als 64 MiB, Ergebnisse sind klein</translation>
    </message>
    <message>
        <source>there is no object &quot;results&quot; in it</source>
        <translation>darin ist kein Objekt „results“</translation>
    </message>
    <message>
        <source>more than 2 000 tasks</source>
        <translation>mehr als 2 000 Aufgaben</translation>
    </message>
    <message>
        <source>results.%1 is no object</source>
        <translation>results.%1 ist kein Objekt</translation>
    </message>
    <message>
        <source>no task in it has a number</source>
        <translation>keine Aufgabe darin hat eine Zahl</translation>
    </message>
    <message>
        <source>which way is better is not known of the metrics of %1</source>
        <translation>von den Maßen von %1 ist nicht bekannt, welche Richtung besser ist</translation>
    </message>
    <message>
        <source>no results_*.json in this folder</source>
        <translation>keine results_*.json in diesem Ordner</translation>
    </message>
    <message>
        <source>Choose the folder that was given to lm_eval as --output_path.</source>
        <translation>Den Ordner wählen, der lm_eval als --output_path genannt wurde.</translation>
    </message>
    <message>
        <source>%1, line %2</source>
        <translation>%1, Zeile %2</translation>
    </message>
    <message>
        <source>too long for a list of samples</source>
        <translation>zu lang für eine Liste von Beispielen</translation>
    </message>
    <message>
        <source>a sample without doc_id</source>
        <translation>ein Beispiel ohne doc_id</translation>
    </message>
    <message>
        <source>Choose the files that lm_eval wrote with --log_samples.</source>
        <translation>Die Dateien wählen, die lm_eval mit --log_samples geschrieben hat.</translation>
    </message>
</context>
<context>
    <name>MicroscopePanel</name>
    <message>
        <source>E8M0 0x%1 = %2</source>
        <translation>E8M0 0x%1 = %2</translation>
    </message>
    <message>
        <source>%1 of %2 → 0</source>
        <translation>%1 von %2 → 0</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
</context>
<context>
    <name>batlab::app</name>
    <message>
        <source>Workbench for MXFP4 post-training quantization</source>
        <translation>Werkbank für die Quantisierung nach MXFP4</translation>
    </message>
    <message>
        <source>Start the demo job on SmolLM2-135M</source>
        <translation>Die Demo auf SmolLM2-135M starten</translation>
    </message>
    <message>
        <source>Command that starts the engine, e.g. &quot;ssh host batlab-cli serve&quot;</source>
        <translation>Befehl, der die Maschine startet, z. B. „ssh host batlab-cli serve“</translation>
    </message>
    <message>
        <source>Start with default settings; remember nothing</source>
        <translation>Mit Voreinstellungen beginnen, nichts merken</translation>
    </message>
    <message>
        <source>Keep settings in this file</source>
        <translation>Einstellungen in dieser Datei halten</translation>
    </message>
    <message>
        <source>system, light, dark or high-contrast</source>
        <translation>system, light, dark oder high-contrast</translation>
    </message>
    <message>
        <source>Write pictures of every page to this folder and leave</source>
        <translation>Bilder aller Seiten in diesen Ordner schreiben und enden</translation>
    </message>
    <message>
        <source>Open a window, save and reopen a session, and leave</source>
        <translation>Ein Fenster öffnen, eine Sitzung speichern und wieder öffnen, enden</translation>
    </message>
    <message>
        <source>Keep work and recovery files in this folder</source>
        <translation>Arbeits- und Sicherungsdateien in diesem Ordner halten</translation>
    </message>
    <message>
        <source>Show this place: layer/site/block, for example 20/T4/17</source>
        <translation>Diese Stelle zeigen: Schicht/Stelle/Block, zum Beispiel 20/T4/17</translation>
    </message>
    <message>
        <source>Language of the window: en or de</source>
        <translation>Sprache des Fensters: en oder de</translation>
    </message>
    <message>
        <source>Sessions (NAME.batlab.h5), models, run specs (YAML), results of lm-eval or batlab:// links; each further session or model gets a window of its own</source>
        <translation>Sitzungen (NAME.batlab.h5), Modelle, Laufbeschreibungen (YAML), Ergebnisse von lm-eval oder batlab://-Verweise; jede weitere Sitzung und jedes weitere Modell bekommt ein eigenes Fenster</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>batlab %1, Qt %2, GPL-3.0-or-later</source>
        <translation>batlab %1, Qt %2, GPL-3.0-or-later</translation>
    </message>
    <message>
        <source>for Qt %1</source>
        <translation>für Qt %1</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Build</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>GPU of this machine</source>
        <translation>GPU dieses Rechners</translation>
    </message>
    <message>
        <source>none that NVIDIA&apos;s driver lists</source>
        <translation>keine, die NVIDIAs Treiber nennt</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>not started</source>
        <translation>nicht gestartet</translation>
    </message>
    <message>
        <source>batlab-cli %1</source>
        <translation>batlab-cli %1</translation>
    </message>
    <message>
        <source>libtorch %1</source>
        <translation>libtorch %1</translation>
    </message>
    <message>
        <source>Engine&apos;s build</source>
        <translation>Build der Maschine</translation>
    </message>
    <message>
        <source>Engine&apos;s machine</source>
        <translation>Rechner der Maschine</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>Ressourcen</translation>
    </message>
</context>
<context>
    <name>batlab::app::ComparisonFiles</name>
    <message>
        <source>Add session for comparison…</source>
        <translation>Sitzung zum Vergleich…</translation>
    </message>
    <message>
        <source>Show the variants of another session beside these; the file is only read</source>
        <translation>Die Varianten einer anderen Sitzung neben diesen zeigen; die Datei wird nur gelesen</translation>
    </message>
    <message>
        <source>Import lm-eval results…</source>
        <translation>Ergebnisse von lm-eval einlesen…</translation>
    </message>
    <message>
        <source>Show results_*.json of lm-evaluation-harness in the recovery table</source>
        <translation>results_*.json von lm-evaluation-harness in der Erholungstabelle zeigen</translation>
    </message>
    <message>
        <source>Add session for comparison</source>
        <translation>Sitzung zum Vergleich hinzunehmen</translation>
    </message>
    <message>
        <source>Batlab sessions (*.batlab.h5 *.h5)</source>
        <translation>Batlab-Sitzungen (*.batlab.h5 *.h5)</translation>
    </message>
    <message>
        <source>Import lm-eval results</source>
        <translation>Ergebnisse von lm-eval einlesen</translation>
    </message>
    <message>
        <source>lm-eval results (*.json)</source>
        <translation>Ergebnisse von lm-eval (*.json)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Import lm-eval folder…</source>
        <translation>lm-eval-Ordner einlesen…</translation>
    </message>
    <message>
        <source>Show every results_*.json below a folder that was given to lm_eval as --output_path</source>
        <translation>Alle results_*.json unter einem Ordner zeigen, der lm_eval als --output_path gegeben wurde</translation>
    </message>
    <message>
        <source>Import a folder of lm-eval results</source>
        <translation>Einen Ordner mit lm-eval-Ergebnissen einlesen</translation>
    </message>
    <message>
        <source>%1 cannot be read: shown is what the session keeps of it</source>
        <translation>%1 ist nicht lesbar: gezeigt wird, was die Sitzung davon enthält</translation>
    </message>
</context>
<context>
    <name>batlab::app::DockTitle</name>
    <message>
        <source>Float %1</source>
        <translation>%1 ablösen</translation>
    </message>
    <message>
        <source>Hide %1</source>
        <translation>%1 ausblenden</translation>
    </message>
</context>
<context>
    <name>batlab::app::EngineClient</name>
    <message>
        <source>the engine has given no sign of life for %1 s</source>
        <translation>die Engine gibt seit %1 s kein Lebenszeichen</translation>
    </message>
    <message>
        <source>It may be busy or hang: wait, or start it again.</source>
        <translation>Sie ist beschäftigt oder hängt: warten oder neu starten.</translation>
    </message>
    <message>
        <source>the engine was ended to start another</source>
        <translation>die Engine wurde beendet, um eine neue zu starten</translation>
    </message>
    <message>
        <source>Finished layers are kept.</source>
        <translation>Fertige Schichten bleiben.</translation>
    </message>
</context>
<context>
    <name>batlab::app::MainWindow</name>
    <message>
        <source>The window did not answer for %1 ms (%2 ms of its own work)</source>
        <translation>Das Fenster antwortete %1 ms lang nicht (davon %2 ms eigene Arbeit)</translation>
    </message>
    <message>
        <source>Main</source>
        <translation>Hauptleiste</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>Bezug</translation>
    </message>
    <message>
        <source>Every difference is against this variant</source>
        <translation>Jeder Unterschied gilt gegen diese Variante</translation>
    </message>
    <message>
        <source>Go to layer, variant, action…   Ctrl+K</source>
        <translation>Zu Schicht, Variante, Aktion…   Strg+K</translation>
    </message>
    <message>
        <source>Go to anything (Ctrl+K)</source>
        <translation>Überallhin (Strg+K)</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>Calibrates RTN, GPTQ, MR-GPTQ, diagonal + H32 and BATQuant on 30 layers, then compares them.</source>
        <translation>Kalibriert RTN, GPTQ, MR-GPTQ, Diagonale + H32 und BATQuant auf 30 Schichten und vergleicht sie.</translation>
    </message>
    <message>
        <source>Layer 0 can be inspected after about 1 min. Stopping keeps finished layers.</source>
        <translation>Schicht 0 ist nach etwa 1 min zu sehen. Anhalten behält fertige Schichten.</translation>
    </message>
    <message>
        <source>Show or hide %1</source>
        <translation>%1 ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>%1 running, %2 waiting</source>
        <translation>%1 laufen, %2 warten</translation>
    </message>
    <message>
        <source>queue paused</source>
        <translation>Warteschlange angehalten</translation>
    </message>
    <message>
        <source>Batlab[*]</source>
        <translation>Batlab[*]</translation>
    </message>
    <message>
        <source>%1[*] – Batlab</source>
        <translation>%1[*] – Batlab</translation>
    </message>
    <message>
        <source>Open model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Open a model folder or a GGUF file</source>
        <translation>Einen Modellordner oder eine GGUF-Datei öffnen</translation>
    </message>
    <message>
        <source>Open session…</source>
        <translation>Sitzung öffnen…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+O</source>
        <translation>Ctrl+Shift+O</translation>
    </message>
    <message>
        <source>Open a session file</source>
        <translation>Eine Sitzungsdatei öffnen</translation>
    </message>
    <message>
        <source>Save session</source>
        <translation>Sitzung speichern</translation>
    </message>
    <message>
        <source>Save the session</source>
        <translation>Die Sitzung speichern</translation>
    </message>
    <message>
        <source>Save session as…</source>
        <translation>Sitzung speichern unter…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+S</source>
        <translation>Ctrl+Shift+S</translation>
    </message>
    <message>
        <source>Save the session under another name</source>
        <translation>Die Sitzung unter anderem Namen speichern</translation>
    </message>
    <message>
        <source>Open recent %1</source>
        <translation>Zuletzt Geöffnetes %1</translation>
    </message>
    <message>
        <source>Open the recent file number %1</source>
        <translation>Die zuletzt geöffnete Datei Nummer %1 öffnen</translation>
    </message>
    <message>
        <source>Close session</source>
        <translation>Sitzung schließen</translation>
    </message>
    <message>
        <source>Ctrl+W</source>
        <translation>Ctrl+W</translation>
    </message>
    <message>
        <source>Close the session and go to the welcome page</source>
        <translation>Die Sitzung schließen, zur Startseite gehen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Close all windows</source>
        <translation>Alle Fenster schließen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undo the last change</source>
        <translation>Die letzte Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Do the undone change again</source>
        <translation>Die zurückgenommene Änderung wiederholen</translation>
    </message>
    <message>
        <source>Copy recovery table as Markdown</source>
        <translation>Tabelle als Markdown kopieren</translation>
    </message>
    <message>
        <source>Copy the recovery table as it is shown, with contract and footnotes</source>
        <translation>Die Tabelle kopieren, wie sie gezeigt wird, mit Vertrag und Fußnoten</translation>
    </message>
    <message>
        <source>Which blocks carry the outliers</source>
        <translation>Welche Blöcke die Ausreißer tragen</translation>
    </message>
    <message>
        <source>Which transform helps, and where</source>
        <translation>Welche Transformation hilft, und wo</translation>
    </message>
    <message>
        <source>Is it good enough</source>
        <translation>Ist es gut genug</translation>
    </message>
    <message>
        <source>Go to…</source>
        <translation>Gehe zu…</translation>
    </message>
    <message>
        <source>Ctrl+K</source>
        <translation>Ctrl+K</translation>
    </message>
    <message>
        <source>Go to any layer, variant or action</source>
        <translation>Zu jeder Schicht, Variante oder Aktion</translation>
    </message>
    <message>
        <source>Project dock</source>
        <translation>Projektleiste</translation>
    </message>
    <message>
        <source>Ctrl+P</source>
        <translation>Ctrl+P</translation>
    </message>
    <message>
        <source>Jobs dock</source>
        <translation>Auftragsleiste</translation>
    </message>
    <message>
        <source>Ctrl+J</source>
        <translation>Ctrl+J</translation>
    </message>
    <message>
        <source>Log dock</source>
        <translation>Protokollleiste</translation>
    </message>
    <message>
        <source>Ctrl+L</source>
        <translation>Ctrl+L</translation>
    </message>
    <message>
        <source>Show or hide the %1</source>
        <translation>%1 ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Docks back to where they belong</source>
        <translation>Leisten dorthin, wo sie hingehören</translation>
    </message>
    <message>
        <source>System theme</source>
        <translation>Farben des Systems</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>Helle Farben</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>Dunkle Farben</translation>
    </message>
    <message>
        <source>High contrast theme</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>The selection before this one</source>
        <translation>Die Auswahl vor dieser</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorwärts</translation>
    </message>
    <message>
        <source>The selection after this one</source>
        <translation>Die Auswahl nach dieser</translation>
    </message>
    <message>
        <source>Next layer</source>
        <translation>Nächste Schicht</translation>
    </message>
    <message>
        <source>Ctrl+Down</source>
        <translation>Ctrl+Down</translation>
    </message>
    <message>
        <source>The same block one layer on</source>
        <translation>Derselbe Block eine Schicht weiter</translation>
    </message>
    <message>
        <source>Previous layer</source>
        <translation>Vorige Schicht</translation>
    </message>
    <message>
        <source>Ctrl+Up</source>
        <translation>Ctrl+Up</translation>
    </message>
    <message>
        <source>The same block one layer back</source>
        <translation>Derselbe Block eine Schicht zurück</translation>
    </message>
    <message>
        <source>Worst block</source>
        <translation>Schlimmster Block</translation>
    </message>
    <message>
        <source>Ctrl+B</source>
        <translation>Ctrl+B</translation>
    </message>
    <message>
        <source>The most bimodal block of the shown variant</source>
        <translation>Der am stärksten zweigipflige Block der gezeigten Variante</translation>
    </message>
    <message>
        <source>Filter the project</source>
        <translation>Projekt filtern</translation>
    </message>
    <message>
        <source>Ctrl+Shift+F</source>
        <translation>Ctrl+Shift+F</translation>
    </message>
    <message>
        <source>Type into the filter of the project tree</source>
        <translation>In das Filterfeld des Projektbaums schreiben</translation>
    </message>
    <message>
        <source>New run…</source>
        <translation>Neuer Lauf…</translation>
    </message>
    <message>
        <source>Ctrl+R</source>
        <translation>Ctrl+R</translation>
    </message>
    <message>
        <source>Choose methods and parameters, then queue a run</source>
        <translation>Verfahren und Parameter wählen, dann einen Lauf einreihen</translation>
    </message>
    <message>
        <source>Run the demo</source>
        <translation>Demo starten</translation>
    </message>
    <message>
        <source>Five methods on SmolLM2-135M, compared</source>
        <translation>Fünf Verfahren auf SmolLM2-135M im Vergleich</translation>
    </message>
    <message>
        <source>Pause the running job</source>
        <translation>Laufenden Auftrag pausieren</translation>
    </message>
    <message>
        <source>Ctrl+Shift+P</source>
        <translation>Ctrl+Shift+P</translation>
    </message>
    <message>
        <source>Pause, or go on with, the running job</source>
        <translation>Den laufenden Auftrag pausieren oder fortsetzen</translation>
    </message>
    <message>
        <source>Stop the running job</source>
        <translation>Laufenden Auftrag anhalten</translation>
    </message>
    <message>
        <source>Ctrl+.</source>
        <translation>Ctrl+.</translation>
    </message>
    <message>
        <source>Stop the running job; finished layers are kept</source>
        <translation>Den laufenden Auftrag anhalten; fertige Schichten bleiben</translation>
    </message>
    <message>
        <source>Resume the last stopped run</source>
        <translation>Zuletzt angehaltenen Lauf fortsetzen</translation>
    </message>
    <message>
        <source>Go on from the checkpoint of the run that was stopped last</source>
        <translation>Vom Zwischenstand des zuletzt angehaltenen Laufs weitermachen</translation>
    </message>
    <message>
        <source>About Batlab</source>
        <translation>Über Batlab</translation>
    </message>
    <message>
        <source>Versions and licences</source>
        <translation>Versionen und Lizenzen</translation>
    </message>
    <message>
        <source>%1: a job of this session is running. Stop it first; finished layers are kept.</source>
        <translation>%1: ein Auftrag dieser Sitzung läuft. Bitte zuerst anhalten; fertige Schichten bleiben.</translation>
    </message>
    <message>
        <source>%1: jobs of this session wait in the queue. Take them out first; they can be resumed.</source>
        <translation>%1: Aufträge dieser Sitzung warten in der Warteschlange. Bitte zuerst herausnehmen; sie lassen sich fortsetzen.</translation>
    </message>
    <message>
        <source>Take them out</source>
        <translation>Herausnehmen</translation>
    </message>
    <message>
        <source>Stop the job</source>
        <translation>Auftrag anhalten</translation>
    </message>
    <message>
        <source>The session %1 has unsaved changes.</source>
        <translation>Die Sitzung %1 hat ungespeicherte Änderungen.</translation>
    </message>
    <message>
        <source>Open session</source>
        <translation>Sitzung öffnen</translation>
    </message>
    <message>
        <source>opening %1</source>
        <translation>öffnet %1</translation>
    </message>
    <message>
        <source>%1 variants, %2 evaluations</source>
        <translation>%1 Varianten, %2 Bewertungen</translation>
    </message>
    <message>
        <source>this is neither a session, nor a model, nor a run spec</source>
        <translation>das ist weder eine Sitzung noch ein Modell noch eine Laufbeschreibung</translation>
    </message>
    <message>
        <source>open a file NAME.batlab.h5, a GGUF file, a model folder with config.json, or a run spec in YAML</source>
        <translation>bitte eine Datei NAME.batlab.h5, eine GGUF-Datei, einen Modellordner mit config.json oder eine Laufbeschreibung in YAML öffnen</translation>
    </message>
    <message>
        <source>model folder</source>
        <translation>Modellordner</translation>
    </message>
    <message>
        <source>GGUF file</source>
        <translation>GGUF-Datei</translation>
    </message>
    <message>
        <source>Open model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Models (*.gguf config.json *.safetensors)</source>
        <translation>Modelle (*.gguf config.json *.safetensors)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save session as</source>
        <translation>Sitzung speichern unter</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>%1: %2.</source>
        <translation>%1: %2.</translation>
    </message>
    <message>
        <source>stopped, checkpoint kept</source>
        <translation>angehalten, Zwischenstand bleibt</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Open saved</source>
        <translation>Gespeicherte öffnen</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>%1 was closed unexpectedly. A copy of %2 is here.</source>
        <translation>%1 wurde unerwartet geschlossen. Eine Kopie vom %2 ist da.</translation>
    </message>
    <message>
        <source>A session that was never saved</source>
        <translation>Eine nie gespeicherte Sitzung</translation>
    </message>
    <message>
        <source>Close Batlab</source>
        <translation>Batlab schließen</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>The run</source>
        <translation>Der Lauf</translation>
    </message>
    <message>
        <source>run of %1</source>
        <translation>Lauf von %1</translation>
    </message>
    <message>
        <source>Restart and resume</source>
        <translation>Neu starten und fortsetzen</translation>
    </message>
    <message>
        <source>engine starting…</source>
        <translation>Maschine startet…</translation>
    </message>
    <message>
        <source>engine stopped</source>
        <translation>Maschine angehalten</translation>
    </message>
    <message>
        <source>engine not started</source>
        <translation>Maschine nicht gestartet</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>batlab-cli %1</source>
        <translation>batlab-cli %1</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>%1 threads</source>
        <translation>%1 Fäden</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>FP4 emulated</source>
        <translation>FP4 nachgebildet</translation>
    </message>
    <message>
        <source>libtorch</source>
        <translation>libtorch</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Calibrates and compares five methods on 30 layers, %1 here.</source>
        <translation>Kalibriert und vergleicht fünf Verfahren auf 30 Schichten, hier %1.</translation>
    </message>
    <message>
        <source>about</source>
        <translation>etwa</translation>
    </message>
    <message>
        <source>First frame after %1 s</source>
        <translation>Erstes Bild nach %1 s</translation>
    </message>
    <message>
        <source>Ablate</source>
        <translation>Ablation</translation>
    </message>
    <message>
        <source>Queue what-if as run…</source>
        <translation>Was-wäre-wenn als Lauf einreihen…</translation>
    </message>
    <message>
        <source>Ctrl+Shift+R</source>
        <translation>Ctrl+Shift+R</translation>
    </message>
    <message>
        <source>Show what differs from the base, then queue it as a run</source>
        <translation>Zeigen, was sich vom Ausgang unterscheidet, dann als Lauf einreihen</translation>
    </message>
    <message>
        <source>Copy what-if as command</source>
        <translation>Was-wäre-wenn als Befehl kopieren</translation>
    </message>
    <message>
        <source>Copy the batlab-cli line that computes the what-if</source>
        <translation>Die batlab-cli-Zeile kopieren, die das Was-wäre-wenn berechnet</translation>
    </message>
    <message>
        <source>Reset the what-if</source>
        <translation>Das Was-wäre-wenn zurücksetzen</translation>
    </message>
    <message>
        <source>All parameters back to those of the base</source>
        <translation>Alle Parameter zurück auf die des Ausgangs</translation>
    </message>
    <message>
        <source>Pin the what-if</source>
        <translation>Das Was-wäre-wenn anheften</translation>
    </message>
    <message>
        <source>Compare every number with the what-if as it is now</source>
        <translation>Jede Zahl mit dem Was-wäre-wenn vergleichen, wie es jetzt ist</translation>
    </message>
    <message>
        <source>Start or pause the sweep</source>
        <translation>Die Reihe starten oder pausieren</translation>
    </message>
    <message>
        <source>Score every cell of the sweep matrix, or pause</source>
        <translation>Jede Zelle der Reihe werten, oder pausieren</translation>
    </message>
    <message>
        <source>What if a parameter were different</source>
        <translation>Was wäre, wenn ein Parameter anders wäre</translation>
    </message>
    <message>
        <source>Findings dock</source>
        <translation>Befundleiste</translation>
    </message>
    <message>
        <source>Ctrl+Shift+L</source>
        <translation>Ctrl+Shift+L</translation>
    </message>
    <message>
        <source>Details dock</source>
        <translation>Detailleiste</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Findings (%1)</source>
        <translation>Befunde (%1)</translation>
    </message>
    <message>
        <source>Ctrl+I</source>
        <translation>Ctrl+I</translation>
    </message>
    <message>
        <source>Open model folder…</source>
        <translation>Modellordner öffnen…</translation>
    </message>
    <message>
        <source>Open a folder with config.json and safetensors</source>
        <translation>Einen Ordner mit config.json und Safetensors öffnen</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>Warteschlange anhalten</translation>
    </message>
    <message>
        <source>Let the running job end and start no other, until the queue goes on</source>
        <translation>Den laufenden Auftrag enden lassen und keinen anderen beginnen, bis die Warteschlange weitergeht</translation>
    </message>
    <message>
        <source>Open model folder</source>
        <translation>Modellordner öffnen</translation>
    </message>
    <message>
        <source>Contract of the variants…</source>
        <translation>Vertrag der Varianten…</translation>
    </message>
    <message>
        <source>Whether all variants were made and measured the same way, or what differs</source>
        <translation>Ob alle Varianten gleich hergestellt und gemessen wurden, oder was sich unterscheidet</translation>
    </message>
    <message>
        <source>results of lm-eval are shown beside those of a session</source>
        <translation>Ergebnisse von lm-eval stehen neben denen einer Sitzung</translation>
    </message>
    <message>
        <source>open a session first</source>
        <translation>zuerst eine Sitzung öffnen</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>Was fehlgeschlagen ist</translation>
    </message>
    <message>
        <source>Contract of the variants</source>
        <translation>Vertrag der Varianten</translation>
    </message>
    <message>
        <source>All variants were made and measured the same way.</source>
        <translation>Alle Varianten wurden gleich hergestellt und gemessen.</translation>
    </message>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n Unterschied</numerusform>
            <numerusform>%n Unterschiede</numerusform>
        </translation>
    </message>
    <message>
        <source>Compare specs</source>
        <translation>Beschreibungen vergleichen</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Hash of the spec</source>
        <translation>Hash der Beschreibung</translation>
    </message>
    <message>
        <source>Run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>Batlab sessions (*.batlab.h5 *.h5)</source>
        <translation>Batlab-Sitzungen (*.batlab.h5 *.h5)</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>Layers, variants, runs and results</source>
        <translation>Schichten, Varianten, Läufe und Ergebnisse</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>What the model&apos;s files hold</source>
        <translation>Was die Dateien des Modells enthalten</translation>
    </message>
    <message>
        <source>Run the sample</source>
        <translation>Beispiel ausführen</translation>
    </message>
    <message>
        <source>Retry with less memory…</source>
        <translation>Mit weniger Speicher versuchen…</translation>
    </message>
    <message>
        <source>Only the selected layer</source>
        <translation>Nur die gewählte Schicht</translation>
    </message>
    <message>
        <source>Maps, curves and tables show the selected layer alone</source>
        <translation>Karten, Kurven und Tabellen zeigen nur die gewählte Schicht</translation>
    </message>
    <message>
        <source>Without the selected layer</source>
        <translation>Ohne die gewählte Schicht</translation>
    </message>
    <message>
        <source>Maps, curves and tables leave the selected layer out</source>
        <translation>Karten, Kurven und Tabellen lassen die gewählte Schicht weg</translation>
    </message>
    <message>
        <source>Only the selected site</source>
        <translation>Nur die gewählte Stelle</translation>
    </message>
    <message>
        <source>Maps, curves and tables show the selected site alone</source>
        <translation>Karten, Kurven und Tabellen zeigen nur die gewählte Stelle</translation>
    </message>
    <message>
        <source>Without the selected site</source>
        <translation>Ohne die gewählte Stelle</translation>
    </message>
    <message>
        <source>Maps, curves and tables leave the selected site out</source>
        <translation>Karten, Kurven und Tabellen lassen die gewählte Stelle weg</translation>
    </message>
    <message>
        <source>Only the layers of the rectangle</source>
        <translation>Nur die Schichten des Rechtecks</translation>
    </message>
    <message>
        <source>Maps, curves and tables show the layers of the rectangle on Inspect&apos;s map alone</source>
        <translation>Karten, Kurven und Tabellen zeigen nur die Schichten des Rechtecks auf der Karte von Inspect</translation>
    </message>
    <message>
        <source>Undo filter</source>
        <translation>Filter zurücknehmen</translation>
    </message>
    <message>
        <source>Take the last step of the filter away</source>
        <translation>Den letzten Schritt des Filters wegnehmen</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Take every step of the filter away</source>
        <translation>Alle Schritte des Filters wegnehmen</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>there is no such file or folder</source>
        <translation>diese Datei oder dieser Ordner existiert nicht</translation>
    </message>
    <message>
        <source>open a model folder, a GGUF file or a session</source>
        <translation>einen Modellordner, eine GGUF-Datei oder eine Sitzung öffnen</translation>
    </message>
    <message>
        <source>filtered</source>
        <translation>gefiltert</translation>
    </message>
    <message>
        <source>%1, filtered</source>
        <translation>%1, gefiltert</translation>
    </message>
    <message>
        <source>Recover unsaved work</source>
        <translation>Nicht gespeicherte Arbeit wiederherstellen</translation>
    </message>
    <message>
        <source>Offer the copies of sessions that were closed unexpectedly</source>
        <translation>Die Kopien unerwartet geschlossener Sitzungen anbieten</translation>
    </message>
    <message>
        <source>Batlab %1, workbench for MXFP4 post-training quantization</source>
        <translation>Batlab %1, Werkbank für die Quantisierung nach MXFP4</translation>
    </message>
    <message>
        <source>This copy was recovered or skipped in another window.</source>
        <translation>Diese Kopie wurde in einem anderen Fenster wiederhergestellt oder übergangen.</translation>
    </message>
    <message>
        <source>Take it out of the session</source>
        <translation>Aus der Sitzung nehmen</translation>
    </message>
    <message>
        <source>Copy recovery table as LaTeX</source>
        <translation>Erholungstabelle als LaTeX kopieren</translation>
    </message>
    <message>
        <source>Copy recovery table as CSV</source>
        <translation>Erholungstabelle als CSV kopieren</translation>
    </message>
    <message>
        <source>Copy the recovery table, numbers in full</source>
        <translation>Die Erholungstabelle kopieren, Zahlen ungekürzt</translation>
    </message>
    <message>
        <source>Save recovery table…</source>
        <translation>Erholungstabelle speichern…</translation>
    </message>
    <message>
        <source>Save the recovery table as Markdown, LaTeX or CSV</source>
        <translation>Die Erholungstabelle als Markdown, LaTeX oder CSV speichern</translation>
    </message>
    <message>
        <source>Suggest which places keep more bits</source>
        <translation>Stellen mit mehr Bits vorschlagen</translation>
    </message>
    <message>
        <source>Raise where a bit takes away the most error, until the budget is used</source>
        <translation>Dort anheben, wo ein Bit den meisten Fehler nimmt, bis die Vorgabe verbraucht ist</translation>
    </message>
    <message>
        <source>Apply which places keep more bits</source>
        <translation>Stellen mit mehr Bits übernehmen</translation>
    </message>
    <message>
        <source>Write this precision into the what-if</source>
        <translation>Diese Genauigkeit in das Was-wäre-wenn schreiben</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>The selected variant window by window</source>
        <translation>Die gewählte Variante Fenster für Fenster</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Einzelfragen</translation>
    </message>
    <message>
        <source>What flipped in imported results</source>
        <translation>Was in eingelesenen Ergebnissen kippte</translation>
    </message>
    <message>
        <source>Map: layer × block</source>
        <translation>Karte: Schicht × Block</translation>
    </message>
    <message>
        <source>Energy of every block, layer by layer</source>
        <translation>Energie jedes Blocks, Schicht für Schicht</translation>
    </message>
    <message>
        <source>Map: layer × block, Δ</source>
        <translation>Karte: Schicht × Block, Δ</translation>
    </message>
    <message>
        <source>Difference of every block to the pinned baseline, dB</source>
        <translation>Unterschied jedes Blocks zum Bezug, dB</translation>
    </message>
    <message>
        <source>Map: token × block</source>
        <translation>Karte: Token × Block</translation>
    </message>
    <message>
        <source>Energy of every block of the layer, token by token</source>
        <translation>Energie jedes Blocks der Schicht, Token für Token</translation>
    </message>
    <message>
        <source>Map: token × block, error</source>
        <translation>Karte: Token × Block, Fehler</translation>
    </message>
    <message>
        <source>What quantizing does to every block, token by token</source>
        <translation>Was das Quantisieren mit jedem Block macht, Token für Token</translation>
    </message>
    <message>
        <source>Map: token × channel</source>
        <translation>Karte: Token × Kanal</translation>
    </message>
    <message>
        <source>Magnitude of every channel of the layer, token by token</source>
        <translation>Betrag jedes Kanals der Schicht, Token für Token</translation>
    </message>
    <message>
        <source>Map before the transform</source>
        <translation>Karte vor der Transformation</translation>
    </message>
    <message>
        <source>The model&apos;s own numbers</source>
        <translation>Die Zahlen des Modells selbst</translation>
    </message>
    <message>
        <source>Map after the transform</source>
        <translation>Karte nach der Transformation</translation>
    </message>
    <message>
        <source>What enters the quantizer</source>
        <translation>Was in den Quantisierer geht</translation>
    </message>
    <message>
        <source>Blocks ranked by bimodality</source>
        <translation>Blöcke nach Zweigipfligkeit</translation>
    </message>
    <message>
        <source>The ranking, in the place of the tokens</source>
        <translation>Die Rangliste, an der Stelle der Token</translation>
    </message>
    <message>
        <source>Tokens, coloured</source>
        <translation>Token, eingefärbt</translation>
    </message>
    <message>
        <source>The sample&apos;s tokens, in the place of the ranking</source>
        <translation>Die Token der Probe, an der Stelle der Rangliste</translation>
    </message>
    <message>
        <source>Copy the sensitivity table (TSV)</source>
        <translation>Die Empfindlichkeitstabelle kopieren (TSV)</translation>
    </message>
    <message>
        <source>The rows of the selected variant as they are filtered and sorted</source>
        <translation>Die Zeilen der gewählten Variante, gefiltert und sortiert wie gezeigt</translation>
    </message>
    <message>
        <source>Copy the sensitivity&apos;s exclude list</source>
        <translation>Die Ausschlussliste der Empfindlichkeit kopieren</translation>
    </message>
    <message>
        <source>Names of the shown rows&apos; modules, for the ignore list of other tools</source>
        <translation>Die Modulnamen der gezeigten Zeilen, für die Ausschlusslisten anderer Werkzeuge</translation>
    </message>
    <message>
        <source>Copy the sensitivity as lines of the stage precision</source>
        <translation>Die Empfindlichkeit als Zeilen der Stufe precision kopieren</translation>
    </message>
    <message>
        <source>The shown rows as overrides of a recipe</source>
        <translation>Die gezeigten Zeilen als Ausnahmen eines Rezepts</translation>
    </message>
    <message>
        <source>Error by layer</source>
        <translation>Fehler je Schicht</translation>
    </message>
    <message>
        <source>Output error of the linears at the site</source>
        <translation>Ausgangsfehler der Linearen an der Stelle</translation>
    </message>
    <message>
        <source>First wrong layer</source>
        <translation>Erste falsche Schicht</translation>
    </message>
    <message>
        <source>Where the error of the residual stream crosses a threshold</source>
        <translation>Wo der Fehler des Reststroms eine Schwelle überschreitet</translation>
    </message>
    <message>
        <source>Distributions</source>
        <translation>Verteilungen</translation>
    </message>
    <message>
        <source>Values ÷ block scale, layer above layer</source>
        <translation>Werte ÷ Blockskala, Schicht über Schicht</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Losses of training by step</source>
        <translation>Verluste des Trainings nach Schritt</translation>
    </message>
    <message>
        <source>Energy flow</source>
        <translation>Energiefluss</translation>
    </message>
    <message>
        <source>Which blocks a transform sends energy to</source>
        <translation>In welche Blöcke eine Transformation Energie trägt</translation>
    </message>
    <message>
        <source>Block histogram</source>
        <translation>Blockhistogramm</translation>
    </message>
    <message>
        <source>The selected block under each variant</source>
        <translation>Der gewählte Block unter jeder Variante</translation>
    </message>
    <message>
        <source>By token</source>
        <translation>Je Token</translation>
    </message>
    <message>
        <source>Energy of each sample token&apos;s blocks</source>
        <translation>Energie der Blöcke jedes Beispieltokens</translation>
    </message>
    <message>
        <source>Paired differences</source>
        <translation>Gepaarte Unterschiede</translation>
    </message>
    <message>
        <source>Each layer and site against the baseline</source>
        <translation>Jede Schicht und Stelle gegen den Bezug</translation>
    </message>
    <message>
        <source>Spec differences</source>
        <translation>Unterschiede der Beschreibungen</translation>
    </message>
    <message>
        <source>What the variants&apos; specs differ in</source>
        <translation>Worin sich die Beschreibungen der Varianten unterscheiden</translation>
    </message>
    <message>
        <source>%1 already exists. Replace it?</source>
        <translation>%1 gibt es schon. Ersetzen?</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern unter…</translation>
    </message>
</context>
<context>
    <name>batlab::app::PlotExportDialog</name>
    <message>
        <source>All pages</source>
        <translation>Alle Seiten</translation>
    </message>
    <message>
        <source>Export all plots</source>
        <translation>Alle Diagramme exportieren</translation>
    </message>
    <message>
        <source>This page</source>
        <translation>Diese Seite</translation>
    </message>
    <message>
        <source>Every plot that is shown, also in the docks</source>
        <translation>Jedes Diagramm, das zu sehen ist, auch in den Docks</translation>
    </message>
    <message>
        <source>Goes through Inspect, Compare, Ablate and Evaluate</source>
        <translation>Geht Untersuchen, Vergleichen, Ablation und Bewerten durch</translation>
    </message>
    <message>
        <source>Plots</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>PNG</source>
        <translation>PNG</translation>
    </message>
    <message>
        <source>PNG, twice the pixels</source>
        <translation>PNG, doppelt so viele Pixel</translation>
    </message>
    <message>
        <source>SVG</source>
        <translation>SVG</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>A picture as on the screen</source>
        <translation>Ein Bild wie auf dem Schirm</translation>
    </message>
    <message>
        <source>A picture for print</source>
        <translation>Ein Bild für den Druck</translation>
    </message>
    <message>
        <source>A drawing that can be edited</source>
        <translation>Eine Zeichnung, die sich bearbeiten lässt</translation>
    </message>
    <message>
        <source>A page</source>
        <translation>Eine Seite</translation>
    </message>
    <message>
        <source>The numbers behind the picture</source>
        <translation>Die Zahlen hinter dem Bild</translation>
    </message>
    <message>
        <source>Formats</source>
        <translation>Formate</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Is made if it is not there</source>
        <translation>Wird angelegt, wenn es ihn nicht gibt</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>Den Ordner wählen</translation>
    </message>
    <message>
        <source>Files are named after the titles of the plots; files of the same name are replaced.</source>
        <translation>Dateien heißen wie die Diagramme; gleichnamige werden ersetzt.</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
</context>
<context>
    <name>batlab::app::PlotExporter</name>
    <message>
        <source>Export all plots…</source>
        <translation>Alle Diagramme exportieren…</translation>
    </message>
    <message>
        <source>Every plot that is shown into a folder, as pictures, drawings and tables</source>
        <translation>Jedes Diagramm, das zu sehen ist, in einen Ordner: als Bild, Zeichnung, Tabelle</translation>
    </message>
    <message>
        <source>exporting plots</source>
        <translation>Diagramme werden exportiert</translation>
    </message>
    <message numerus="yes">
        <source>Exporting plots, %n file(s)…</source>
        <translation>
            <numerusform>Diagramme exportieren, %n Datei…</numerusform>
            <numerusform>Diagramme exportieren, %n Dateien…</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 files could not be written to %3: %4. Choose a folder you may write to, with free space.</source>
        <translation>%1 von %2 Dateien ließen sich nicht nach %3 schreiben: %4. Einen Ordner mit Schreibrecht und freiem Platz wählen.</translation>
    </message>
    <message>
        <source>No plot is shown here.</source>
        <translation>Hier ist kein Diagramm zu sehen.</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written to %1.</source>
        <translation>
            <numerusform>%n Datei nach %1 geschrieben.</numerusform>
            <numerusform>%n Dateien nach %1 geschrieben.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::app::SessionStore</name>
    <message>
        <source>the file is write-protected</source>
        <translation>die Datei ist schreibgeschützt</translation>
    </message>
    <message>
        <source>save under another name</source>
        <translation>unter anderem Namen speichern</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>%1 wird geöffnet…</translation>
    </message>
    <message>
        <source>Saving %1…</source>
        <translation>%1 wird gespeichert…</translation>
    </message>
    <message>
        <source>a newer Batlab wrote it, in format %1.%2</source>
        <translation>ein neueres Batlab hat sie geschrieben, im Format %1.%2</translation>
    </message>
    <message>
        <source>save under another name, without what this Batlab does not know, or open it with a newer Batlab</source>
        <translation>unter einem anderen Namen speichern, ohne das, was dieses Batlab nicht kennt, oder mit einem neueren Batlab öffnen</translation>
    </message>
    <message>
        <source>a newer Batlab wrote this session: a portable copy would lose what this one does not know</source>
        <translation>ein neueres Batlab hat diese Sitzung geschrieben: einer portablen Kopie würde fehlen, was dieses nicht kennt</translation>
    </message>
    <message>
        <source>make the copy with a newer Batlab</source>
        <translation>die Kopie mit einem neueren Batlab machen</translation>
    </message>
</context>
<context>
    <name>batlab::app::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Groups of settings</source>
        <translation>Gruppen von Einstellungen</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>Wie der Schreibtisch</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Takes effect at once.</source>
        <translation>Wirkt sofort.</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>At the next start.</source>
        <translation>Beim nächsten Start.</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>only after jobs</source>
        <translation>nur nach Aufträgen</translation>
    </message>
    <message>
        <source>Recovery copy every</source>
        <translation>Sicherungskopie alle</translation>
    </message>
    <message>
        <source>A copy of unsaved changes in the data folder, offered after a crash.</source>
        <translation>Eine Kopie ungespeicherter Änderungen im Datenordner, nach einem Absturz angeboten.</translation>
    </message>
    <message>
        <source>Say when a long job has ended</source>
        <translation>Melden, wenn ein langer Auftrag geendet hat</translation>
    </message>
    <message>
        <source>Notification</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>By the desktop, and only while the window is not in front.</source>
        <translation>Vom Schreibtisch, und nur solange das Fenster nicht vorn ist.</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>A job is long from</source>
        <translation>Ein Auftrag ist lang ab</translation>
    </message>
    <message>
        <source>Shorter jobs end without a word.</source>
        <translation>Kürzere Aufträge enden wortlos.</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>der übliche</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen…</translation>
    </message>
    <message>
        <source>batlab-cli beside this program</source>
        <translation>batlab-cli neben diesem Programm</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Starts the engine, for example: ssh HOST batlab-cli serve. Model files and the GPU are then those of HOST; sessions stay here. At the next start; --engine on the command line goes before it.</source>
        <translation>Startet die Maschine, zum Beispiel: ssh HOST batlab-cli serve. Modelldateien und GPU sind dann die von HOST; Sitzungen bleiben hier. Beim nächsten Start; --engine auf der Befehlszeile geht vor.</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Work of sessions without a file, recovery copies and the log. At the next start.</source>
        <translation>Arbeit von Sitzungen ohne Datei, Sicherungskopien und das Protokoll. Beim nächsten Start.</translation>
    </message>
    <message>
        <source>Keep the computer awake while a job runs</source>
        <translation>Den Rechner wach halten, solange ein Auftrag läuft</translation>
    </message>
    <message>
        <source>Sleep</source>
        <translation>Ruhezustand</translation>
    </message>
    <message>
        <source>Where the desktop lets a program ask for it. A paused job does not.</source>
        <translation>Wo die Arbeitsumgebung darum bitten lässt. Ein angehaltener Auftrag tut es nicht.</translation>
    </message>
</context>
<context>
    <name>batlab::app::Shell</name>
    <message>
        <source>Copy link</source>
        <translation>Verweis kopieren</translation>
    </message>
    <message>
        <source>A link to the selected block of this session</source>
        <translation>Ein Verweis auf den gewählten Block dieser Sitzung</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Theme, language, engine, notifications, folders, shortcuts</source>
        <translation>Farben, Sprache, Maschine, Meldungen, Ordner, Tasten</translation>
    </message>
    <message>
        <source>Start the engine again</source>
        <translation>Maschine wieder starten</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>Handbuch</translation>
    </message>
    <message>
        <source>The page of the manual about what is shown</source>
        <translation>Die Seite des Handbuchs zu dem, was gezeigt wird</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>All keys at a glance, and other keys for any action</source>
        <translation>Alle Tasten auf einen Blick, und andere Tasten für jede Aktion</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>Copied the command of %1</source>
        <translation>Befehl von %1 kopiert</translation>
    </message>
    <message>
        <source>Copied %1</source>
        <translation>%1 kopiert</translation>
    </message>
    <message>
        <source>Close Batlab</source>
        <translation>Batlab schließen</translation>
    </message>
    <message>
        <source>%1 is at work: %2.</source>
        <translation>%1 ist an der Arbeit: %2.</translation>
    </message>
    <message>
        <source>A job is at work.</source>
        <translation>Ein Auftrag ist an der Arbeit.</translation>
    </message>
    <message>
        <source>Kept: finished layers stay, and the run can be resumed at the next start. Discarded: what this session has not saved is thrown away.</source>
        <translation>Behalten: fertige Schichten bleiben, der Lauf kann beim nächsten Start fortgesetzt werden. Verwerfen: was diese Sitzung nicht gespeichert hat, geht verloren.</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) still wait.</source>
        <translation>
            <numerusform>%n Auftrag wartet noch.</numerusform>
            <numerusform>%n Aufträge warten noch.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation>Anhalten und behalten</translation>
    </message>
    <message>
        <source>Stop and discard</source>
        <translation>Anhalten und verwerfen</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Site %1 %2</source>
        <translation>Stelle %1 %2</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Show variant</source>
        <translation>Variante zeigen</translation>
    </message>
    <message>
        <source>Pin baseline</source>
        <translation>Als Bezug heften</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Bookmark %1</source>
        <translation>Lesezeichen %1</translation>
    </message>
    <message>
        <source>Bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Keys of an action</source>
        <translation>Tasten einer Aktion</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Save portable copy…</source>
        <translation>Tragbare Kopie speichern…</translation>
    </message>
    <message>
        <source>One file with all parts inside, for another machine</source>
        <translation>Eine Datei mit allen Teilen darin, für einen anderen Rechner</translation>
    </message>
    <message>
        <source>Write report…</source>
        <translation>Bericht schreiben…</translation>
    </message>
    <message>
        <source>One HTML file with figures, tables, specs and provenance</source>
        <translation>Eine HTML-Datei mit Bildern, Tabellen, Beschreibungen und Herkunft</translation>
    </message>
    <message>
        <source>Write report</source>
        <translation>Bericht schreiben</translation>
    </message>
    <message>
        <source>HTML (*.html)</source>
        <translation>HTML (*.html)</translation>
    </message>
    <message>
        <source>Provenance</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>Hashes, data, specs, build and device behind the results</source>
        <translation>Prüfsummen, Daten, Beschreibungen, Version und Gerät hinter den Ergebnissen</translation>
    </message>
    <message>
        <source>Bookmark the block</source>
        <translation>Lesezeichen an den Block</translation>
    </message>
    <message>
        <source>A remark at the selected block, kept in the session</source>
        <translation>Eine Bemerkung am gewählten Block, in der Sitzung gespeichert</translation>
    </message>
    <message>
        <source>Notes dock</source>
        <translation>Notizleiste</translation>
    </message>
    <message>
        <source>Show or hide notes and bookmarks</source>
        <translation>Notizen und Lesezeichen ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Opened read-only: %1. Changes can be saved under another name.</source>
        <translation>Nur zum Lesen geöffnet: %1. Änderungen können unter anderem Namen gespeichert werden.</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern unter…</translation>
    </message>
    <message>
        <source>The model is not at %1. Results can be looked at; resuming and what-if need it.</source>
        <translation>Das Modell ist nicht bei %1. Ergebnisse sind zu sehen; Fortsetzen und Was-wäre-wenn brauchen es.</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>Locate %1</source>
        <translation>%1 suchen</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>Modelle (*.gguf)</translation>
    </message>
    <message>
        <source>these are other weights than those of the session: hash %1, not %2</source>
        <translation>das sind andere Gewichte als die der Sitzung: Prüfsumme %1, nicht %2</translation>
    </message>
    <message>
        <source>choose the folder or file the session was made with</source>
        <translation>bitte den Ordner oder die Datei wählen, mit der die Sitzung entstand</translation>
    </message>
    <message>
        <source>Same weights: the runs of this session now read %1.</source>
        <translation>Dieselben Gewichte: die Läufe dieser Sitzung lesen nun %1.</translation>
    </message>
    <message>
        <source>Save portable copy</source>
        <translation>Tragbare Kopie speichern</translation>
    </message>
    <message>
        <source>Portable copy written to %1</source>
        <translation>Tragbare Kopie nach %1 geschrieben</translation>
    </message>
    <message>
        <source>Report written to %1 (%2).</source>
        <translation>Bericht nach %1 geschrieben (%2).</translation>
    </message>
    <message>
        <source>choose another folder</source>
        <translation>bitte einen anderen Ordner wählen</translation>
    </message>
    <message>
        <source>A job is running</source>
        <translation>Ein Auftrag läuft</translation>
    </message>
    <message>
        <source>New window</source>
        <translation>Neues Fenster</translation>
    </message>
    <message>
        <source>An empty window beside this one, for another session</source>
        <translation>Ein leeres Fenster neben diesem, für eine andere Sitzung</translation>
    </message>
    <message>
        <source>Show in Inspect</source>
        <translation>In „Untersuchen“ zeigen</translation>
    </message>
    <message>
        <source>The selected block in Inspect; that of another session in a window of its own</source>
        <translation>Der gewählte Block auf der Seite „Untersuchen“; der einer anderen Sitzung in deren eigenem Fenster</translation>
    </message>
    <message>
        <source>Tensors of the model</source>
        <translation>Tensoren des Modells</translation>
    </message>
    <message>
        <source>Ctrl+Shift+T</source>
        <translation>Ctrl+Shift+T</translation>
    </message>
    <message>
        <source>Every tensor with its shape, type and size, and whether a run quantizes it</source>
        <translation>Jeder Tensor mit Form, Typ und Größe, und ob ein Lauf ihn quantisiert</translation>
    </message>
    <message>
        <source>Sample session</source>
        <translation>Beispielsitzung</translation>
    </message>
    <message>
        <source>RTN and block Hadamard on a few tokens of SmolLM2-135M: filled pages in seconds, offline</source>
        <translation>RTN und Block-Hadamard auf wenigen Tokens von SmolLM2-135M: gefüllte Seiten in Sekunden, ohne Netz</translation>
    </message>
    <message>
        <source>the engine&apos;s machine</source>
        <translation>dem Rechner der Maschine</translation>
    </message>
    <message>
        <source>Open model on %1</source>
        <translation>Modell auf %1 öffnen</translation>
    </message>
    <message>
        <source>Folder or GGUF file on %1, or “demo”:</source>
        <translation>Ordner oder GGUF-Datei auf %1, oder „demo“:</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Retry with less memory…</source>
        <translation>Mit weniger Speicher versuchen…</translation>
    </message>
    <message>
        <source>%1 already has one sequence a batch: use a shorter length, or close other programs.</source>
        <translation>%1 hat schon eine Sequenz je Stapel: kürzere Länge wählen oder andere Programme schließen.</translation>
    </message>
    <message>
        <source>Halved for less memory: %1. Check the form and queue it.</source>
        <translation>Für weniger Speicher halbiert: %1. Formular prüfen und einreihen.</translation>
    </message>
    <message numerus="yes">
        <source>The portable copy has all results, but not the codes and scales of %n layer(s): they lie on %1, in %2.</source>
        <translation>
            <numerusform>Die portable Kopie enthält alle Ergebnisse, aber nicht Codes und Skalen von %n Schicht: sie liegen auf %1, in %2.</numerusform>
            <numerusform>Die portable Kopie enthält alle Ergebnisse, aber nicht Codes und Skalen von %n Schichten: sie liegen auf %1, in %2.</numerusform>
        </translation>
    </message>
    <message>
        <source>Show run</source>
        <translation>Lauf zeigen</translation>
    </message>
    <message>
        <source>Opened read-only: %1. A copy saved under another name lacks what this Batlab does not know; a newer Batlab shows and keeps all of it.</source>
        <translation>Schreibgeschützt geöffnet: %1. Einer Kopie unter anderem Namen fehlt, was dieses Batlab nicht kennt; ein neueres Batlab zeigt und behält alles.</translation>
    </message>
    <message>
        <source>these are the same weights, but their tokenizer is missing</source>
        <translation>es sind dieselben Gewichte, aber ihr Tokenizer fehlt</translation>
    </message>
    <message>
        <source>these are the same weights with another tokenizer than the session&apos;s: hash %1, not %2</source>
        <translation>es sind dieselben Gewichte mit einem anderen Tokenizer als dem der Sitzung: Hash %1, nicht %2</translation>
    </message>
    <message>
        <source>One that runs or hangs is ended first; finished layers are kept</source>
        <translation>Eine laufende oder hängende wird zuerst beendet; fertige Schichten bleiben erhalten</translation>
    </message>
    <message>
        <source>Locate model…</source>
        <translation>Modell suchen…</translation>
    </message>
    <message>
        <source>Where a model of this session is now; its weights are compared with the session&apos;s</source>
        <translation>Wo ein Modell dieser Sitzung jetzt liegt; seine Gewichte werden mit denen der Sitzung verglichen</translation>
    </message>
    <message numerus="yes">
        <source>%n more model(s) of this session are missing.</source>
        <translation>
            <numerusform>Es fehlt ein weiteres Modell dieser Sitzung.</numerusform>
            <numerusform>Es fehlen %n weitere Modelle dieser Sitzung.</numerusform>
        </translation>
    </message>
    <message>
        <source>Go on from the checkpoints of this run</source>
        <translation>Von den Zwischenständen dieses Laufs fortsetzen</translation>
    </message>
    <message>
        <source>Repeat exactly</source>
        <translation>Genau wiederholen</translation>
    </message>
    <message>
        <source>The same frozen spec in a fresh folder; the log says whether the codes came out the same</source>
        <translation>Dieselbe eingefrorene Beschreibung in einem frischen Ordner; das Protokoll sagt, ob dieselben Codes herauskamen</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>Als Befehl kopieren</translation>
    </message>
    <message>
        <source>The spec and the batlab-cli command that makes the same run</source>
        <translation>Die Beschreibung und der batlab-cli-Befehl für denselben Lauf</translation>
    </message>
    <message>
        <source>Copy into a new run…</source>
        <translation>In einen neuen Lauf kopieren…</translation>
    </message>
    <message>
        <source>Opens the run form with this run&apos;s values</source>
        <translation>Öffnet das Formular mit den Werten dieses Laufs</translation>
    </message>
    <message>
        <source>It ends with the engine. Finished layers are kept, and the run can be resumed.</source>
        <translation>Er endet mit der Maschine. Fertige Schichten bleiben, und der Lauf kann fortgesetzt werden.</translation>
    </message>
    <message>
        <source>End and start again</source>
        <translation>Beenden und wieder starten</translation>
    </message>
</context>
<context>
    <name>batlab::app::ShortcutEditor</name>
    <message>
        <source>Back to the default keys</source>
        <translation>Zurück zu den voreingestellten Tasten</translation>
    </message>
    <message>
        <source>Filter actions</source>
        <translation>Aktionen filtern</translation>
    </message>
    <message>
        <source>Part of a title or of keys</source>
        <translation>Teil eines Titels oder von Tasten</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Voreinstellung</translation>
    </message>
    <message>
        <source>New keys for the chosen action</source>
        <translation>Neue Tasten für die gewählte Aktion</translation>
    </message>
    <message>
        <source>Press the keys; Backspace takes them away</source>
        <translation>Tasten drücken; die Rücktaste nimmt sie weg</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>The default keys for every action</source>
        <translation>Die voreingestellten Tasten für jede Aktion</translation>
    </message>
    <message>
        <source>%1 already belongs to “%2”. Change that one first.</source>
        <translation>%1 gehört schon zu „%2“. Bitte zuerst jene ändern.</translation>
    </message>
</context>
<context>
    <name>batlab::app::StallMonitor</name>
    <message>
        <source>Event loop: %1 beats, worst delay %2 ms, %3 over %4 ms (%5 of them our own work, worst %6 ms); most CPU time in one beat %7 ms</source>
        <translation>Ereignisschleife: %1 Schläge, längste Verspätung %2 ms, %3 über %4 ms (%5 davon eigene Arbeit, längste %6 ms); meiste Rechenzeit in einem Schlag %7 ms</translation>
    </message>
</context>
<context>
    <name>batlab::app::Workbench</name>
    <message>
        <source>layer %1 of %2</source>
        <translation>Schicht %1 von %2</translation>
    </message>
    <message>
        <source>its start</source>
        <translation>seinem Anfang</translation>
    </message>
    <message>
        <source>Recovery copy written to %1</source>
        <translation>Sicherungskopie nach %1 geschrieben</translation>
    </message>
    <message>
        <source>demo: five methods on SmolLM2-135M</source>
        <translation>Demo: fünf Verfahren auf SmolLM2-135M</translation>
    </message>
    <message>
        <source>resumed %1</source>
        <translation>fortgesetzt %1</translation>
    </message>
    <message>
        <source>%1 goes on from its checkpoint in %2</source>
        <translation>%1 macht vom Zwischenstand in %2 weiter</translation>
    </message>
    <message>
        <source>engine stopped, checkpoint kept</source>
        <translation>Maschine angehalten, Zwischenstand bleibt</translation>
    </message>
    <message>
        <source>The engine stopped (%1). It starts again when it is needed.</source>
        <translation>Die Maschine hat angehalten (%1). Sie startet wieder, wenn sie gebraucht wird.</translation>
    </message>
    <message>
        <source>The engine stopped at %1, checkpoint kept.</source>
        <translation>Die Maschine hat bei %1 angehalten, der Zwischenstand bleibt.</translation>
    </message>
    <message>
        <source>taken out of the queue</source>
        <translation>aus der Schlange genommen</translation>
    </message>
    <message>
        <source>%1, repeated</source>
        <translation>%1, wiederholt</translation>
    </message>
    <message>
        <source>repeats %1</source>
        <translation>wiederholt %1</translation>
    </message>
    <message>
        <source>%1 layer %2</source>
        <translation>%1 Schicht %2</translation>
    </message>
    <message numerus="yes">
        <source>%1 repeats %2: %n layer(s) have the same codes, bit for bit</source>
        <translation>
            <numerusform>%1 wiederholt %2: %n Schicht hat dieselben Codes, Bit für Bit</numerusform>
            <numerusform>%1 wiederholt %2: %n Schichten haben dieselben Codes, Bit für Bit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 repeats %2: other codes in %3; same in %n layer(s)</source>
        <translation>
            <numerusform>%1 wiederholt %2: andere Codes in %3; gleich in %n Schicht</numerusform>
            <numerusform>%1 wiederholt %2: andere Codes in %3; gleich in %n Schichten</numerusform>
        </translation>
    </message>
    <message>
        <source>The queue is paused: the running job ends, no other starts</source>
        <translation>Die Warteschlange ist angehalten: der laufende Auftrag endet, kein anderer beginnt</translation>
    </message>
    <message>
        <source>The queue goes on</source>
        <translation>Die Warteschlange geht weiter</translation>
    </message>
    <message>
        <source>sample: RTN and H32 on SmolLM2-135M, few tokens</source>
        <translation>Beispiel: RTN und H32 auf SmolLM2-135M, wenige Tokens</translation>
    </message>
    <message>
        <source>Only the shipped presets are offered: %1</source>
        <translation>Nur die mitgelieferten Vorlagen werden angeboten: %1</translation>
    </message>
    <message>
        <source>%1 waits for its folder: %2</source>
        <translation>%1 wartet auf seinen Ordner: %2</translation>
    </message>
    <message>
        <source>The engine does not start: the runs that wait stay in the queue until it goes on</source>
        <translation>Die Maschine startet nicht: wartende Läufe bleiben in der Warteschlange, bis sie weitergeht</translation>
    </message>
    <message>
        <source>%1 starts afresh in %2: its checkpoint is on another machine</source>
        <translation>%1 beginnt neu in %2: Der Zwischenstand liegt auf einem anderen Rechner</translation>
    </message>
</context>
<context>
    <name>batlab::plots::BlockDeltaPlot</name>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Δ</source>
        <translation>Δ</translation>
    </message>
    <message>
        <source>Δ %1</source>
        <translation>Δ %1</translation>
    </message>
    <message>
        <source>b%1 %2</source>
        <translation>b%1 %2</translation>
    </message>
    <message>
        <source>block %1 · %2 %3 · %4 %5 · Δ %6 %7</source>
        <translation>Block %1 · %2 %3 · %4 %5 · Δ %6 %7</translation>
    </message>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>%1 of %2 blocks of %3 are better than those of %4</source>
        <translation>%1 von %2 Blöcken von %3 sind besser als die von %4</translation>
    </message>
</context>
<context>
    <name>batlab::plots::ColorBar</name>
    <message>
        <source>max of %1 × %1 cells</source>
        <translation>Max. je %1 × %1 Zellen</translation>
    </message>
    <message>
        <source>ranks: 1 in %1 values</source>
        <translation>Ränge: 1 von %1 Werten</translation>
    </message>
</context>
<context>
    <name>batlab::plots::DivergencePlot</name>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>Mean KLD, nat</source>
        <translation>Mittlere KLD, nat</translation>
    </message>
    <message>
        <source>Top-1, %</source>
        <translation>Top-1, %</translation>
    </message>
    <message>
        <source>%1 · mean KLD %2 %3 nat · top-1 agreement %4 %</source>
        <translation>%1 · mittlere KLD %2 %3 nat · Top-1-Übereinstimmung %4 %</translation>
    </message>
    <message>
        <source>method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>mean KLD, nat</source>
        <translation>mittlere KLD, nat</translation>
    </message>
    <message>
        <source>± 95 %</source>
        <translation>± 95 %</translation>
    </message>
    <message>
        <source>top-1 agreement, %</source>
        <translation>Top-1-Übereinstimmung, %</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>%1 %2 nat</source>
        <translation>%1 %2 nat</translation>
    </message>
    <message>
        <source>Mean KL divergence: %1</source>
        <translation>Mittlere KL-Divergenz: %1</translation>
    </message>
    <message>
        <source> · to the baseline %1 nat, %2 points</source>
        <translation> · zum Bezug %1 nat, %2 Punkte</translation>
    </message>
</context>
<context>
    <name>batlab::plots::HeatmapPlot</name>
    <message>
        <source>not computed yet</source>
        <translation>noch nicht berechnet</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>kein Wert</translation>
    </message>
    <message>
        <source>%1 × median</source>
        <translation>%1 × Median</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>Heat map, %1 rows (%2) by %3 columns (%4)</source>
        <translation>Wärmekarte, %1 Zeilen (%2) mal %3 Spalten (%4)</translation>
    </message>
    <message>
        <source>, maximum %1 at %2 %3, %4 %5</source>
        <translation>, größter Wert %1 bei %2 %3, %4 %5</translation>
    </message>
    <message>
        <source>. Selected: %1</source>
        <translation>. Gewählt: %1</translation>
    </message>
    <message>
        <source>Colour scale</source>
        <translation>Farbskala</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>Logarithmisch</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>Perzentil</translation>
    </message>
    <message>
        <source>Viridis, for magnitudes</source>
        <translation>Viridis, für Größen</translation>
    </message>
    <message>
        <source>Cividis, for shares</source>
        <translation>Cividis, für Anteile</translation>
    </message>
    <message>
        <source>Diverging, for differences</source>
        <translation>Zweiseitig, für Unterschiede</translation>
    </message>
    <message>
        <source>Reset colour limits</source>
        <translation>Farbgrenzen zurücksetzen</translation>
    </message>
    <message>
        <source>Lock colour limits</source>
        <translation>Farbgrenzen festhalten</translation>
    </message>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>Perzentil</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>linear</translation>
    </message>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
    <message>
        <source>at cursor</source>
        <translation>am Zeiger</translation>
    </message>
    <message>
        <source>. Rectangle: %1</source>
        <translation>. Rechteck: %1</translation>
    </message>
    <message>
        <source>A pixel shows its largest cell</source>
        <translation>Ein Bildpunkt zeigt seine größte Zelle</translation>
    </message>
    <message>
        <source>A pixel shows the mean of its cells</source>
        <translation>Ein Bildpunkt zeigt das Mittel seiner Zellen</translation>
    </message>
    <message>
        <source>A pixel shows its smallest cell</source>
        <translation>Ein Bildpunkt zeigt seine kleinste Zelle</translation>
    </message>
    <message>
        <source>n %1 · mean %2 · max %3</source>
        <translation>n %1 · Mittel %2 · max %3</translation>
    </message>
    <message>
        <source> · above the E2M1 limit %1 %</source>
        <translation> · über der E2M1-Grenze %1 %</translation>
    </message>
    <message>
        <source>Statistics of a rectangle (Shift and drag, or R)</source>
        <translation>Statistik eines Rechtecks (Umschalt und ziehen, oder R)</translation>
    </message>
</context>
<context>
    <name>batlab::plots::HistogramPlot</name>
    <message>
        <source>Density</source>
        <translation>Dichte</translation>
    </message>
    <message>
        <source>Codes %</source>
        <translation>Codes %</translation>
    </message>
    <message>
        <source>clip %1 %</source>
        <translation>Kappung %1 %</translation>
    </message>
    <message>
        <source>value ÷ scale %1 · density %2 · %3 of %4 values</source>
        <translation>Wert ÷ Skala %1 · Dichte %2 · %3 von %4 Werten</translation>
    </message>
    <message>
        <source>code %1 = %2 · %3 % of %4 values</source>
        <translation>Code %1 = %2 · %3 % von %4 Werten</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>Histogram of %1 values over the E2M1 grid, %2 % clipped below −6, %3 % above 6</source>
        <translation>Histogramm von %1 Werten über dem E2M1-Gitter, %2 % unter −6 gekappt, %3 % über 6</translation>
    </message>
    <message>
        <source>Kernel density curve</source>
        <translation>Kerndichtekurve</translation>
    </message>
    <message>
        <source>Gaussian kernel, h = %1</source>
        <translation>Gaußkern, h = %1</translation>
    </message>
    <message>
        <source>, with a Gaussian kernel density of bandwidth %1</source>
        <translation>, mit einer Gaußschen Kerndichte der Bandbreite %1</translation>
    </message>
</context>
<context>
    <name>batlab::plots::MatrixPlot</name>
    <message>
        <source>Δ %1</source>
        <translation>Δ %1</translation>
    </message>
    <message>
        <source>this setting</source>
        <translation>diese Einstellung</translation>
    </message>
    <message>
        <source>best</source>
        <translation>am besten</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>eingereiht</translation>
    </message>
    <message>
        <source>cell %1</source>
        <translation>Zelle %1</translation>
    </message>
    <message>
        <source> · queued</source>
        <translation> · eingereiht</translation>
    </message>
    <message>
        <source>Matrix of %1: %2 of %3 cells</source>
        <translation>Matrix von %1: %2 von %3 Zellen</translation>
    </message>
    <message>
        <source>, best %1 %2 at %3</source>
        <translation>, beste %1 %2 bei %3</translation>
    </message>
    <message>
        <source>± 95 %</source>
        <translation>± 95 %</translation>
    </message>
    <message>
        <source>%1 ± %2 (%3)</source>
        <translation>%1 ± %2 (%3)</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>to the pin</source>
        <translation>zum Bezug</translation>
    </message>
    <message>
        <source>best of its column</source>
        <translation>Bester der Spalte</translation>
    </message>
    <message>
        <source> · best of its column</source>
        <translation> · Bester der Spalte</translation>
    </message>
</context>
<context>
    <name>batlab::plots::MicroscopePlot</name>
    <message>
        <source>code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>dequantized</source>
        <translation>dequantisiert</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>←→ ↑↓ walk</source>
        <translation>←→ ↑↓ gehen</translation>
    </message>
    <message>
        <source>%1 · channel %2 · value %3 · code %4 → %5 · error %6</source>
        <translation>%1 · Kanal %2 · Wert %3 · Code %4 → %5 · Fehler %6</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>%1: scale %2, %3, largest error %4, %5</source>
        <translation>%1: Skala %2, %3, größter Fehler %4, %5</translation>
    </message>
    <message>
        <source>32 channels from %1. </source>
        <translation>32 Kanäle ab %1. </translation>
    </message>
    <message>
        <source>. Selected: %1</source>
        <translation>. Gewählt: %1</translation>
    </message>
</context>
<context>
    <name>batlab::plots::NumberDialog</name>
    <message>
        <source>A number is needed, such as 0.25 or 1e-3.</source>
        <translation>Hier muss eine Zahl stehen, etwa 0.25 oder 1e-3.</translation>
    </message>
    <message>
        <source>Colour limits…</source>
        <translation>Farbgrenzen…</translation>
    </message>
    <message>
        <source>Limits of a logarithmic scale are above 0.</source>
        <translation>Grenzen einer logarithmischen Skala liegen über 0.</translation>
    </message>
    <message>
        <source>The lower limit must be below the upper one.</source>
        <translation>Die untere Grenze muss unter der oberen liegen.</translation>
    </message>
    <message>
        <source>Colour limits</source>
        <translation>Farbgrenzen</translation>
    </message>
    <message>
        <source>Lower limit</source>
        <translation>Untere Grenze</translation>
    </message>
    <message>
        <source>Upper limit</source>
        <translation>Obere Grenze</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
</context>
<context>
    <name>batlab::plots::PairedPlot</name>
    <message>
        <source>p, Holm</source>
        <translation>p, Holm</translation>
    </message>
    <message>
        <source>Better</source>
        <translation>Besser</translation>
    </message>
    <message>
        <source>95 % CI</source>
        <translation>95-%-KI</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Mean Δ, %1, and 95 % CI</source>
        <translation>Mittleres Δ, %1, und 95-%-KI</translation>
    </message>
    <message>
        <source>%1: mean %2 %3, 95 % interval [%4, %5], better in %6 of %7, p %8</source>
        <translation>%1: Mittel %2 %3, 95-%-Intervall [%4, %5], besser in %6 von %7, p %8</translation>
    </message>
    <message>
        <source>method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>%1 %2 %3</source>
        <translation>%1 %2 %3</translation>
    </message>
    <message>
        <source>%1, mean differences: %2</source>
        <translation>%1, mittlere Unterschiede: %2</translation>
    </message>
</context>
<context>
    <name>batlab::plots::PlotWidget</name>
    <message>
        <source>Export %1</source>
        <translation>%1 ausgeben</translation>
    </message>
    <message>
        <source>%1 could not be written. Choose a folder you may write to, with free space.</source>
        <translation>%1 konnte nicht geschrieben werden. Bitte einen beschreibbaren Ordner mit freiem Platz wählen.</translation>
    </message>
    <message>
        <source>PNG picture, %1×…</source>
        <translation>PNG-Bild, %1×…</translation>
    </message>
    <message>
        <source>SVG drawing…</source>
        <translation>SVG-Zeichnung…</translation>
    </message>
    <message>
        <source>PDF page…</source>
        <translation>PDF-Seite…</translation>
    </message>
    <message>
        <source>CSV data…</source>
        <translation>CSV-Daten…</translation>
    </message>
    <message>
        <source>%1, as a table</source>
        <translation>%1, als Tabelle</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Show as table (T)</source>
        <translation>Als Tabelle zeigen (T)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Ausgeben</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Reset limits</source>
        <translation>Grenzen zurücksetzen</translation>
    </message>
    <message>
        <source>Previous limits</source>
        <translation>Vorige Grenzen</translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>Als Tabelle zeigen</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Copy data</source>
        <translation>Daten kopieren</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Nochmals</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>%1 of %2 %3</source>
        <translation>%1 von %2 %3</translation>
    </message>
    <message>
        <source>T shows the data as a table, plus and minus zoom, 0 shows all, Ctrl+Shift and arrows move the view</source>
        <translation>T zeigt die Daten als Tabelle, Plus und Minus vergrößern und verkleinern, 0 zeigt alles, Strg+Umschalt und Pfeile verschieben die Ansicht</translation>
    </message>
</context>
<context>
    <name>batlab::plots::RidgePlot</name>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>%1 · layer %2</source>
        <translation>%1 · Schicht %2</translation>
    </message>
    <message>
        <source> · %1: density %2</source>
        <translation> · %1: Dichte %2</translation>
    </message>
    <message>
        <source>density of %1</source>
        <translation>Dichte von %1</translation>
    </message>
    <message>
        <source>method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>Distributions of layers %1 to %2, one above the other: %3</source>
        <translation>Verteilungen der Schichten %1 bis %2, übereinander: %3</translation>
    </message>
</context>
<context>
    <name>batlab::plots::SeriesPlot</name>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>%1 ends at %2</source>
        <translation>%1 endet bei %2</translation>
    </message>
    <message>
        <source>Line plot of %1 by %2: </source>
        <translation>Linien von %1 über %2: </translation>
    </message>
    <message>
        <source>Threshold…</source>
        <translation>Schwelle…</translation>
    </message>
    <message>
        <source>A threshold on a logarithmic axis is above 0.</source>
        <translation>Eine Schwelle auf einer logarithmischen Achse liegt über 0.</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
</context>
<context>
    <name>batlab::plots::SmallMultiplesHeatmap</name>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>Perzentil</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>linear</translation>
    </message>
    <message>
        <source>%1: no data</source>
        <translation>%1: keine Daten</translation>
    </message>
    <message>
        <source>%1 maximum %2</source>
        <translation>%1 größter Wert %2</translation>
    </message>
    <message>
        <source>%1 heat maps with identical limits %2 to %3: </source>
        <translation>%1 Wärmekarten mit gleichen Grenzen %2 bis %3: </translation>
    </message>
</context>
<context>
    <name>batlab::views</name>
    <message>
        <source>%1 · layer %2 · %3 · block %4</source>
        <translation>%1 · Schicht %2 · %3 · Block %4</translation>
    </message>
    <message>
        <source>n/a</source>
        <translation>k. A.</translation>
    </message>
    <message>
        <source>≈ %1 s</source>
        <translation>≈ %1 s</translation>
    </message>
    <message>
        <source>≈ %1 min</source>
        <translation>≈ %1 min</translation>
    </message>
    <message>
        <source>≈ %1 h %2 min</source>
        <translation>≈ %1 h %2 min</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Pfad</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Behälter</translation>
    </message>
    <message>
        <source>Spec hash</source>
        <translation>Prüfsumme der Beschreibung</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Recipe hash</source>
        <translation>Prüfsumme des Rezepts</translation>
    </message>
    <message>
        <source>Protocol hash</source>
        <translation>Prüfsumme des Messvertrags</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>layer %1, %2 %3, block %4, channels %5 to %6</source>
        <translation>Schicht %1, %2 %3, Block %4, Kanäle %5 bis %6</translation>
    </message>
    <message>
        <source>Energy, mean x²</source>
        <translation>Energie, mittleres x²</translation>
    </message>
    <message>
        <source>activation²</source>
        <translation>Aktivierung²</translation>
    </message>
    <message>
        <source>Largest |x|</source>
        <translation>Größtes |x|</translation>
    </message>
    <message>
        <source>Kurtosis</source>
        <translation>Wölbung</translation>
    </message>
    <message>
        <source>Bimodality</source>
        <translation>Zweigipfligkeit</translation>
    </message>
    <message>
        <source>Valley depth</source>
        <translation>Taltiefe</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Clipped</source>
        <translation>Gekappt</translation>
    </message>
    <message>
        <source>SQNR of the quantizer</source>
        <translation>SQNR des Quantisierers</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>Tokens behind it</source>
        <translation>Token dahinter</translation>
    </message>
    <message>
        <source>Condition of the transform</source>
        <translation>Kondition der Transformation</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>scale rule</source>
        <translation>Skalenregel</translation>
    </message>
    <message>
        <source>%1, ties %2</source>
        <translation>%1, Gleichstand %2</translation>
    </message>
    <message>
        <source>formats</source>
        <translation>Formate</translation>
    </message>
    <message>
        <source>weights %1, activations %2, cache %3</source>
        <translation>Gewichte %1, Aktivierungen %2, Speicher %3</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>Familie</translation>
    </message>
    <message>
        <source>Online parameters</source>
        <translation>Online-Parameter</translation>
    </message>
    <message>
        <source>Online FLOP a token</source>
        <translation>Online-FLOP je Token</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsordner</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Content hash</source>
        <translation>Prüfsumme des Inhalts</translation>
    </message>
    <message>
        <source>%1 has no recipe to start from</source>
        <translation>%1 hat kein Rezept, mit dem man beginnen kann</translation>
    </message>
    <message>
        <source>Choose a quantized variant or a preset.</source>
        <translation>Eine quantisierte Variante oder eine Vorlage wählen.</translation>
    </message>
    <message>
        <source>to the middle of the sweep</source>
        <translation>zur Mitte der Reihe</translation>
    </message>
    <message>
        <source>to the pin</source>
        <translation>zum Bezug</translation>
    </message>
    <message>
        <source>95 % over windows and seeds</source>
        <translation>95 % über Fenster und Startwerte</translation>
    </message>
    <message>
        <source>95 % over windows</source>
        <translation>95 % über Fenster</translation>
    </message>
    <message>
        <source>%1 windows and %2 seeds</source>
        <translation>%1 Fenster und %2 Startwerte</translation>
    </message>
    <message>
        <source>%1 windows</source>
        <translation>%1 Fenster</translation>
    </message>
    <message>
        <source>95 %, bootstrap over %1</source>
        <translation>95 %, Bootstrap über %1</translation>
    </message>
    <message>
        <source>95 %, paired bootstrap over %1</source>
        <translation>95 %, gepaarter Bootstrap über %1</translation>
    </message>
    <message>
        <source>95 %, paired bootstrap over %1 to %2</source>
        <translation>95 %, gepaarter Bootstrap über %1 gegen %2</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>%1 of layer %2</source>
        <translation>%1 der Schicht %2</translation>
    </message>
    <message>
        <source>the engine does not say</source>
        <translation>die Maschine sagt es nicht</translation>
    </message>
    <message>
        <source>Hidden size</source>
        <translation>Breite des Modells</translation>
    </message>
    <message>
        <source>Intermediate size</source>
        <translation>Breite des MLP</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Key/value heads</source>
        <translation>Schlüssel-/Wertköpfe</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>Vokabular</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Vector level</source>
        <translation>Vektorstufe</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Fäden</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Build</translation>
    </message>
    <message>
        <source>This session has no statistics of %1: an earlier version made it. Start the analysis again (New run…).</source>
        <translation>Diese Sitzung hat keine Statistik von %1: Eine frühere Version hat sie angelegt. Die Analyse neu starten (Neuer Lauf…).</translation>
    </message>
    <message>
        <source>No statistics of %1 after the transform: a variant has them in the layers where it transforms %1. Select full precision, or Before, for the model&apos;s own.</source>
        <translation>Keine Statistik von %1 nach der Transformation: Eine Variante hat sie in den Schichten, in denen sie %1 transformiert. Für die Zahlen des Modells die volle Genauigkeit oder „Davor“ wählen.</translation>
    </message>
    <message>
        <source>%1 is the input of no linear: select T1, T2, T3 or T4.</source>
        <translation>%1 ist der Eingang keiner Linearen: T1, T2, T3 oder T4 wählen.</translation>
    </message>
    <message numerus="yes">
        <source>, and %n more like it</source>
        <translation>
            <numerusform>, und %n weiterer Befund dieser Art</numerusform>
            <numerusform>, und %n weitere Befunde dieser Art</numerusform>
        </translation>
    </message>
    <message>
        <source>Δ to</source>
        <translation>Δ zu</translation>
    </message>
    <message>
        <source>, Δ %1</source>
        <translation>, Δ %1</translation>
    </message>
</context>
<context>
    <name>batlab::views::AblatePage</name>
    <message>
        <source>What if</source>
        <translation>Was wäre, wenn</translation>
    </message>
    <message>
        <source>SQNR by block</source>
        <translation>SQNR je Block</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Reihe</translation>
    </message>
    <message>
        <source>Fallback</source>
        <translation>Rückfall</translation>
    </message>
    <message>
        <source>Sweep or fallback</source>
        <translation>Reihe oder Rückfall</translation>
    </message>
    <message>
        <source>Cost or history</source>
        <translation>Kosten oder Verlauf</translation>
    </message>
    <message>
        <source>Nothing to vary yet: a what-if needs a model and its calibration tokens, which a first run makes.</source>
        <translation>Noch nichts zu ändern: ein Was-wäre-wenn braucht ein Modell und seine Kalibriertoken, die ein erster Lauf macht.</translation>
    </message>
    <message>
        <source>New run…</source>
        <translation>Neuer Lauf…</translation>
    </message>
    <message>
        <source>Scoring…</source>
        <translation>Wertet…</translation>
    </message>
    <message>
        <source>No score yet.</source>
        <translation>Noch keine Wertung.</translation>
    </message>
    <message>
        <source>pinned %1</source>
        <translation>angeheftet %1</translation>
    </message>
    <message>
        <source>what if</source>
        <translation>was wäre, wenn</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>%1 %2, what if against the pinned, %3 of %4 blocks better</source>
        <translation>%1 %2, Was-wäre-wenn gegen den Bezug, %3 von %4 Blöcken besser</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>The whole recipe runs: training, GPTQ, recovery and tuning included, on all layers, then the evaluation.</source>
        <translation>Das ganze Rezept läuft: Training, GPTQ, Erholung und Abstimmung eingeschlossen, auf allen Schichten, dann die Bewertung.</translation>
    </message>
    <message>
        <source>what-if from %1: %2</source>
        <translation>Was-wäre-wenn von %1: %2</translation>
    </message>
    <message>
        <source>Copied: %1</source>
        <translation>Kopiert: %1</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
</context>
<context>
    <name>batlab::views::ActivationSource</name>
    <message>
        <source>the activations were not waited for</source>
        <translation>auf die Aktivierungen wurde nicht gewartet</translation>
    </message>
</context>
<context>
    <name>batlab::views::AnnotationsModel</name>
    <message>
        <source>bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>change a bookmark</source>
        <translation>Lesezeichen ändern</translation>
    </message>
    <message>
        <source>remove a bookmark</source>
        <translation>Lesezeichen entfernen</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>Block %1</translation>
    </message>
    <message>
        <source>blocks %1 to %2</source>
        <translation>Blöcke %1 bis %2</translation>
    </message>
    <message>
        <source>any variant</source>
        <translation>jede Variante</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>batlab::views::Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>batlab::views::BimodalityModel</name>
    <message>
        <source>Sarle&apos;s bimodality coefficient, (skew² + 1) / kurtosis; a uniform has 5/9</source>
        <translation>Sarles Koeffizient der Zweigipfligkeit, (Schiefe² + 1) / Wölbung; eine Gleichverteilung hat 5/9</translation>
    </message>
    <message>
        <source>How deep the histogram dips between its two highest modes, %</source>
        <translation>Wie tief das Histogramm zwischen seinen zwei höchsten Gipfeln einsinkt, %</translation>
    </message>
    <message>
        <source>Block energy over the median block energy of the site</source>
        <translation>Energie des Blocks durch den Median der Stelle</translation>
    </message>
    <message>
        <source>Signal to quantization noise of this block&apos;s activations, dB</source>
        <translation>Signal zu Quantisierungsrauschen der Aktivierungen dieses Blocks, dB</translation>
    </message>
    <message>
        <source>Layer · site · block</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Values ÷ scale</source>
        <translation>Werte ÷ Skala</translation>
    </message>
    <message>
        <source>BC</source>
        <translation>BC</translation>
    </message>
    <message>
        <source>Valley %</source>
        <translation>Tal %</translation>
    </message>
    <message>
        <source>Peak/med</source>
        <translation>max/Med</translation>
    </message>
    <message>
        <source>SQNR dB</source>
        <translation>SQNR dB</translation>
    </message>
    <message>
        <source>Layer %1, %2, block %3: bimodality %4, valley %5 %, dip %6, energy %7 × median, SQNR %8 dB</source>
        <translation>Schicht %1, %2, Block %3: Zweigipfligkeit %4, Tal %5 %, Dip %6, Energie %7 × Median, SQNR %8 dB</translation>
    </message>
    <message>
        <source>Hartigan&apos;s dip statistic of a seeded sample of 4,096 values: the distance to the nearest distribution with one mode, at most 0.25</source>
        <translation>Hartigans Dip-Statistik einer Stichprobe von 4.096 Werten mit festem Startwert: der Abstand zur nächsten eingipfligen Verteilung, höchstens 0,25</translation>
    </message>
    <message>
        <source>Dip</source>
        <translation>Dip</translation>
    </message>
    <message>
        <source>Bimodality coefficient minus that of the pinned baseline: less is better</source>
        <translation>Bimodalitätskoeffizient minus dem des Bezugs: weniger ist besser</translation>
    </message>
    <message>
        <source>SQNR minus that of the pinned baseline, dB: more is better</source>
        <translation>SQNR minus dem des Bezugs, dB: mehr ist besser</translation>
    </message>
    <message>
        <source>Δ BC</source>
        <translation>Δ BC</translation>
    </message>
    <message>
        <source>Δ dB</source>
        <translation>Δ dB</translation>
    </message>
</context>
<context>
    <name>batlab::views::BlockMethodsModel</name>
    <message>
        <source>The model&apos;s own numbers, quantized as they are</source>
        <translation>Die Zahlen des Modells selbst, quantisiert, wie sie sind</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>wie es ist</translation>
    </message>
    <message>
        <source>Scale of the block: an E8M0 byte, 2 to the power of byte − 127</source>
        <translation>Skala des Blocks: ein E8M0-Byte, 2 hoch Byte − 127</translation>
    </message>
    <message>
        <source>Numbers of this block beyond the largest code, %</source>
        <translation>Zahlen dieses Blocks jenseits des größten Codes, %</translation>
    </message>
    <message>
        <source>Largest |dequantized − value| of the 32</source>
        <translation>Größtes |dequantisiert − Wert| der 32</translation>
    </message>
    <message>
        <source>Signal to quantization noise of these 32 numbers, dB</source>
        <translation>Signal zu Quantisierungsrauschen dieser 32 Zahlen, dB</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>E8M0</source>
        <translation>E8M0</translation>
    </message>
    <message>
        <source>Clip %</source>
        <translation>Clip %</translation>
    </message>
    <message>
        <source>Max err</source>
        <translation>Max. Fehler</translation>
    </message>
    <message>
        <source>SQNR dB</source>
        <translation>SQNR dB</translation>
    </message>
    <message>
        <source>%1, ties %2</source>
        <translation>%1, Mitten %2</translation>
    </message>
    <message>
        <source>The shown numbers, not clipped, with the scale rule %1 and ties to %2</source>
        <translation>Die gezeigten Zahlen, unbeschnitten, mit der Skalenregel %1 und Mitten nach %2</translation>
    </message>
    <message>
        <source>What this variant rounds with</source>
        <translation>Damit rundet diese Variante</translation>
    </message>
    <message>
        <source>Worked out here from the shown numbers; a row draws its codes above</source>
        <translation>Hier aus den gezeigten Zahlen berechnet; eine Zeile zeichnet oben ihre Codes</translation>
    </message>
    <message>
        <source>Scale rules on these values</source>
        <translation>Skalenregeln auf diesen Werten</translation>
    </message>
    <message>
        <source>SQNR minus that of the pinned baseline, dB: more is better</source>
        <translation>SQNR minus dem des Bezugs, dB: mehr ist besser</translation>
    </message>
    <message>
        <source>Δ dB</source>
        <translation>Δ dB</translation>
    </message>
</context>
<context>
    <name>batlab::views::CommandPalette</name>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Go to…   &gt; action   / layer, tensor   @ variant   # run   , setting</source>
        <translation>Gehe zu…   &gt; Aktion   / Schicht, Tensor   @ Variante   # Lauf   , Einstellung</translation>
    </message>
    <message>
        <source>Type a few letters of a title</source>
        <translation>Ein paar Buchstaben eines Titels eingeben</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Ablate</source>
        <translation>Ablation</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Bewerten</translation>
    </message>
</context>
<context>
    <name>batlab::views::ComparePage</name>
    <message>
        <source>Energy entering the quantizer</source>
        <translation>Energie vor dem Quantisierer</translation>
    </message>
    <message>
        <source>Values ÷ block scale</source>
        <translation>Werte ÷ Blockskala</translation>
    </message>
    <message>
        <source>Output SQNR by layer</source>
        <translation>Ausgangs-SQNR je Schicht</translation>
    </message>
    <message>
        <source>Energy by token</source>
        <translation>Energie je Token</translation>
    </message>
    <message>
        <source>Values ÷ block scale of %1</source>
        <translation>Werte ÷ Blockskala von %1</translation>
    </message>
    <message>
        <source>No session.</source>
        <translation>Keine Sitzung.</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>No layer of a variant is done yet.</source>
        <translation>Noch keine Schicht einer Variante ist fertig.</translation>
    </message>
    <message>
        <source>Output SQNR, dB</source>
        <translation>Ausgangs-SQNR, dB</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>L%1 %2, %3</source>
        <translation>L%1 %2, %3</translation>
    </message>
    <message>
        <source>No token map of this layer yet.</source>
        <translation>Noch keine Token-Karte dieser Schicht.</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>No histogram yet.</source>
        <translation>Noch kein Histogramm.</translation>
    </message>
    <message>
        <source>layer %1, %2 %3, block %4 under each method</source>
        <translation>Schicht %1, %2 %3, Block %4 unter jedem Verfahren</translation>
    </message>
    <message>
        <source>No shown variant has statistics of this site yet.</source>
        <translation>Keine gezeigte Variante hat Statistiken dieser Stelle.</translation>
    </message>
    <message>
        <source>activations need an engine and a run of this session</source>
        <translation>Aktivierungen brauchen eine Maschine und einen Lauf dieser Sitzung</translation>
    </message>
    <message>
        <source>activations are being computed</source>
        <translation>Aktivierungen werden berechnet</translation>
    </message>
    <message>
        <source>Computing activations of layer %1…</source>
        <translation>Aktivierungen von Schicht %1 werden berechnet…</translation>
    </message>
    <message>
        <source>no activations: %1</source>
        <translation>keine Aktivierungen: %1</translation>
    </message>
    <message>
        <source>layer %1 is not done yet</source>
        <translation>Schicht %1 ist noch nicht fertig</translation>
    </message>
    <message>
        <source>Channel (%1 blocks of 32), max-pooled to the pixel</source>
        <translation>Kanal (%1 Blöcke von 32), je Bildpunkt der größte</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>|x| ÷ max</source>
        <translation>|x| ÷ max</translation>
    </message>
    <message>
        <source>Activation magnitude entering the quantizer</source>
        <translation>Beträge der Aktivierungen vor dem Quantisierer</translation>
    </message>
    <message>
        <source>layer %1, %2, %3 sample tokens, identical limits; below: block maxima</source>
        <translation>Schicht %1, %2, %3 Beispieltoken, gleiche Grenzen; darunter: größte Werte der Blöcke</translation>
    </message>
    <message>
        <source>Block of 32 channels</source>
        <translation>Block von 32 Kanälen</translation>
    </message>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>E ÷ max</source>
        <translation>E ÷ max</translation>
    </message>
    <message>
        <source>activation²</source>
        <translation>Aktivierung²</translation>
    </message>
    <message>
        <source>%1, mean x² per block, layer by layer, identical limits</source>
        <translation>%1, mittleres x² je Block, Schicht für Schicht, gleiche Grenzen</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation>Normieren</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Nochmals</translation>
    </message>
    <message>
        <source>Error by layer</source>
        <translation>Fehler je Schicht</translation>
    </message>
    <message>
        <source>Distributions over layers</source>
        <translation>Verteilungen über Schichten</translation>
    </message>
    <message>
        <source>Block energy flow</source>
        <translation>Energiefluss der Blöcke</translation>
    </message>
    <message>
        <source>Paired differences</source>
        <translation>Gepaarte Unterschiede</translation>
    </message>
    <message>
        <source>Spec differences</source>
        <translation>Unterschiede der Beschreibungen</translation>
    </message>
    <message>
        <source>Panels by layer</source>
        <translation>Felder je Schicht</translation>
    </message>
    <message>
        <source>Panels by block</source>
        <translation>Felder je Block</translation>
    </message>
    <message>
        <source>Panels of differences</source>
        <translation>Felder der Unterschiede</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>|x| of sample tokens, channel by channel</source>
        <translation>|x| von Beispieltoken, Kanal für Kanal</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>Energie</translation>
    </message>
    <message>
        <source>Mean x² of each block over all calibration tokens, layer by layer</source>
        <translation>Mittleres x² jedes Blocks über alle Kalibriertoken, Schicht für Schicht</translation>
    </message>
    <message>
        <source>Divide each map by its own maximum: shapes instead of sizes</source>
        <translation>Jede Karte durch ihren größten Wert teilen: Formen statt Größen</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Signal over quantization noise of the linears&apos; outputs, dB</source>
        <translation>Signal zu Quantisierungsrauschen der Ausgänge der Linearen, dB</translation>
    </message>
    <message>
        <source>MSE</source>
        <translation>MSE</translation>
    </message>
    <message>
        <source>Mean square error of the linears&apos; outputs</source>
        <translation>Mittlerer quadratischer Fehler der Ausgänge der Linearen</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>Each layer and site</source>
        <translation>Jede Schicht und Stelle</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Mean, interval, wins and p</source>
        <translation>Mittel, Intervall, Siege und p</translation>
    </message>
    <message>
        <source>Output error of the linears at the site</source>
        <translation>Ausgangsfehler der Linearen an der Stelle</translation>
    </message>
    <message>
        <source>First wrong layer</source>
        <translation>Erste falsche Schicht</translation>
    </message>
    <message>
        <source>Where the error of the residual stream crosses a threshold</source>
        <translation>Wo der Fehler des Reststroms eine Schwelle überschreitet</translation>
    </message>
    <message>
        <source>Distributions</source>
        <translation>Verteilungen</translation>
    </message>
    <message>
        <source>Values ÷ block scale, layer above layer</source>
        <translation>Werte ÷ Blockskala, Schicht über Schicht</translation>
    </message>
    <message>
        <source>Energy flow</source>
        <translation>Energiefluss</translation>
    </message>
    <message>
        <source>Which blocks a transform sends energy to</source>
        <translation>In welche Blöcke eine Transformation Energie trägt</translation>
    </message>
    <message>
        <source>Block histogram</source>
        <translation>Blockhistogramm</translation>
    </message>
    <message>
        <source>The selected block under each variant</source>
        <translation>Der gewählte Block unter jeder Variante</translation>
    </message>
    <message>
        <source>By token</source>
        <translation>Je Token</translation>
    </message>
    <message>
        <source>Energy of each sample token&apos;s blocks</source>
        <translation>Energie der Blöcke jedes Beispieltokens</translation>
    </message>
    <message>
        <source>Each layer and site against the baseline</source>
        <translation>Jede Schicht und Stelle gegen den Bezug</translation>
    </message>
    <message>
        <source>What the variants&apos; specs differ in</source>
        <translation>Worin sich die Beschreibungen der Varianten unterscheiden</translation>
    </message>
    <message>
        <source>Output MSE by layer</source>
        <translation>Ausgangs-MSE je Schicht</translation>
    </message>
    <message>
        <source>%1, lower is better</source>
        <translation>%1, niedriger ist besser</translation>
    </message>
    <message>
        <source>%1, higher is better</source>
        <translation>%1, höher ist besser</translation>
    </message>
    <message>
        <source>Output MSE</source>
        <translation>Ausgangs-MSE</translation>
    </message>
    <message>
        <source>%1, all blocks, density of values ÷ block scale, last layer on top</source>
        <translation>%1, alle Blöcke, Dichte von Wert ÷ Blockskala, letzte Schicht oben</translation>
    </message>
    <message>
        <source>Value ÷ scale</source>
        <translation>Wert ÷ Skala</translation>
    </message>
    <message>
        <source>No histogram of this site yet.</source>
        <translation>Noch kein Histogramm dieser Stelle.</translation>
    </message>
    <message>
        <source>share of a block&apos;s energy that the transform sends to each block, L%1 %2; blank: exactly 0</source>
        <translation>Anteil der Energie eines Blocks, den die Transformation in jeden Block trägt, L%1 %2; leer: genau 0</translation>
    </message>
    <message>
        <source>No energy flow of this layer yet.</source>
        <translation>Noch kein Energiefluss dieser Schicht.</translation>
    </message>
    <message>
        <source>To group of %1 blocks</source>
        <translation>Zu Gruppe von %1 Blöcken</translation>
    </message>
    <message>
        <source>To block</source>
        <translation>Zu Block</translation>
    </message>
    <message>
        <source>From group of %1 blocks</source>
        <translation>Von Gruppe von %1 Blöcken</translation>
    </message>
    <message>
        <source>From block</source>
        <translation>Von Block</translation>
    </message>
    <message>
        <source>to block</source>
        <translation>zu Block</translation>
    </message>
    <message>
        <source>from block</source>
        <translation>von Block</translation>
    </message>
    <message>
        <source>share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Two variants with finished layers are needed.</source>
        <translation>Zwei Varianten mit fertigen Schichten sind nötig.</translation>
    </message>
    <message>
        <source>Paired differences to %1</source>
        <translation>Gepaarte Unterschiede zu %1</translation>
    </message>
    <message>
        <source>output SQNR per layer and site, blue is better; %1 pairs, bootstrap over layers, 10 000 draws</source>
        <translation>Ausgangs-SQNR je Schicht und Stelle, blau ist besser; %1 Paare, Bootstrap über Schichten, 10 000 Ziehungen</translation>
    </message>
    <message>
        <source>%1 has no error to compare; %2</source>
        <translation>%1 hat keinen Fehler zum Vergleich; %2</translation>
    </message>
    <message>
        <source>Two quantized variants are needed.</source>
        <translation>Zwei quantisierte Varianten sind nötig.</translation>
    </message>
    <message>
        <source>The shown variants have the same spec.</source>
        <translation>Die gezeigten Varianten haben dieselbe Beschreibung.</translation>
    </message>
    <message>
        <source>%1 parameters, differences only; bold: not the baseline&apos;s</source>
        <translation>%1 Parameter, nur Unterschiede; fett: anders als der Bezug</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Losses of training by step</source>
        <translation>Verluste des Trainings nach Schritt</translation>
    </message>
    <message>
        <source>the activations were not waited for</source>
        <translation>auf die Aktivierungen wurde nicht gewartet</translation>
    </message>
    <message>
        <source>Nothing of this in the places that the filter shows.</source>
        <translation>Davon ist an den Stellen, die der Filter zeigt, nichts da.</translation>
    </message>
    <message>
        <source>%1; Δ: to %2</source>
        <translation>%1; Δ: zu %2</translation>
    </message>
</context>
<context>
    <name>batlab::views::CostModel</name>
    <message>
        <source>%1: %2 online parameters, %3, %4 FLOP a token</source>
        <translation>%1: %2 Online-Parameter, %3, %4 FLOP je Token</translation>
    </message>
    <message>
        <source>Stored parameters of the online transforms, all layers</source>
        <translation>Gespeicherte Parameter der Online-Transformationen, alle Schichten</translation>
    </message>
    <message>
        <source>The same in bf16</source>
        <translation>Dasselbe in bf16</translation>
    </message>
    <message>
        <source>Online FLOP a token, all layers</source>
        <translation>Online-FLOP je Token, alle Schichten</translation>
    </message>
    <message>
        <source>Online FLOP over the FLOP of the linears, %</source>
        <translation>Online-FLOP durch die FLOP der Linearen, %</translation>
    </message>
    <message>
        <source>Transform</source>
        <translation>Transformation</translation>
    </message>
    <message>
        <source>Params</source>
        <translation>Param.</translation>
    </message>
    <message>
        <source>KiB</source>
        <translation>KiB</translation>
    </message>
    <message>
        <source>FLOP</source>
        <translation>FLOP</translation>
    </message>
    <message>
        <source>Share %</source>
        <translation>Anteil %</translation>
    </message>
</context>
<context>
    <name>batlab::views::CostPanel</name>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>whole model, online transforms</source>
        <translation>ganzes Modell, Online-Transformationen</translation>
    </message>
    <message>
        <source>Cost against alternatives</source>
        <translation>Kosten gegen Alternativen</translation>
    </message>
    <message>
        <source>Weights, and online parameters in bf16</source>
        <translation>Gewichte, und Online-Parameter in bf16</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Bits/weight</source>
        <translation>Bits/Gewicht</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>No cost yet.</source>
        <translation>Noch keine Kosten.</translation>
    </message>
    <message>
        <source>What if</source>
        <translation>Was wäre, wenn</translation>
    </message>
    <message>
        <source>%1: %2 params, %3 FLOP</source>
        <translation>%1: %2 Param., %3 FLOP</translation>
    </message>
    <message>
        <source>%1 + %2</source>
        <translation>%1 + %2</translation>
    </message>
    <message>
        <source>Numbers of a block format are dequantized, exactly, and multiplied in the compute type of the evaluation; nothing here says what a native kernel would take.</source>
        <translation>Zahlen eines Blockformats werden exakt dequantisiert und im Rechentyp der Bewertung multipliziert; was ein Kern für das Format selbst brauchte, sagt hier nichts.</translation>
    </message>
    <message>
        <source>emulated in %1, not native FP4</source>
        <translation>nachgebildet in %1, kein FP4 in Hardware</translation>
    </message>
    <message>
        <source>emulated in %1 on %2, not native FP4</source>
        <translation>nachgebildet in %1 auf %2, kein FP4 in Hardware</translation>
    </message>
</context>
<context>
    <name>batlab::views::DetailPanel</name>
    <message>
        <source>What is known of the selection</source>
        <translation>Was über die Auswahl bekannt ist</translation>
    </message>
    <message>
        <source>Frozen parameters</source>
        <translation>Eingefrorene Parameter</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>Mikroskop</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>Empfindlichkeit</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>Angaben</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
</context>
<context>
    <name>batlab::views::Divergence</name>
    <message>
        <source>RMS Δp, next token</source>
        <translation>RMS Δp, nächstes Token</translation>
    </message>
    <message>
        <source>Δp percentiles, points</source>
        <translation>Perzentile von Δp, Punkte</translation>
    </message>
    <message>
        <source>Largest window</source>
        <translation>Größtes Fenster</translation>
    </message>
    <message>
        <source>%1 nat, window %2</source>
        <translation>%1 nat, Fenster %2</translation>
    </message>
    <message>
        <source>Tokens scored</source>
        <translation>Bewertete Token</translation>
    </message>
    <message>
        <source>%1 in %2 windows</source>
        <translation>%1 in %2 Fenstern</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 zu %2</translation>
    </message>
    <message>
        <source>ΔKLD %1 nat · Δtop-1 %2 points</source>
        <translation>ΔKLD %1 nat · ΔTop-1 %2 Punkte</translation>
    </message>
</context>
<context>
    <name>batlab::views::EvaluatePage</name>
    <message>
        <source>Divergence</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>Drill-down</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>The selected variant window by window</source>
        <translation>Die gewählte Variante Fenster für Fenster</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Einzelfragen</translation>
    </message>
    <message>
        <source>What flipped in imported results</source>
        <translation>Was in eingelesenen Ergebnissen kippte</translation>
    </message>
    <message>
        <source>Divergence from the reference</source>
        <translation>Abweichung von der Referenz</translation>
    </message>
    <message>
        <source>No evaluation of a quantized variant yet.</source>
        <translation>Noch keine Bewertung einer quantisierten Variante.</translation>
    </message>
    <message>
        <source>%1, mean over windows ± half of the 95 % interval</source>
        <translation>%1, Mittel über Fenster ± halbes 95-%-Intervall</translation>
    </message>
</context>
<context>
    <name>batlab::views::EvaluationModel</name>
    <message>
        <source>no transform</source>
        <translation>keine Transformation</translation>
    </message>
    <message>
        <source>diagonal</source>
        <translation>Diagonale</translation>
    </message>
    <message>
        <source>global rotation</source>
        <translation>globale Rotation</translation>
    </message>
    <message>
        <source>block rotation</source>
        <translation>Blockrotation</translation>
    </message>
    <message>
        <source>closed form</source>
        <translation>geschlossene Form</translation>
    </message>
    <message>
        <source>block-affine</source>
        <translation>blockaffin</translation>
    </message>
    <message>
        <source>block-affine, extended</source>
        <translation>blockaffin, erweitert</translation>
    </message>
    <message>
        <source>full precision</source>
        <translation>volle Genauigkeit</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>eingelesen</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>Bezug</translation>
    </message>
    <message>
        <source>%1 FLOP</source>
        <translation>%1 FLOP</translation>
    </message>
    <message numerus="yes">
        <source>%1, %2, %n item(s)</source>
        <translation>
            <numerusform>%1, %2, %n Frage</numerusform>
            <numerusform>%1, %2, %n Fragen</numerusform>
        </translation>
    </message>
    <message>
        <source>recovery %1 %, 95 % interval [%2, %3]</source>
        <translation>Erholung %1 %, 95-%-Intervall [%2, %3]</translation>
    </message>
    <message>
        <source>Δ to %1: %2</source>
        <translation>Δ zu %1: %2</translation>
    </message>
    <message>
        <source>paired, p %1 (Holm)</source>
        <translation>gepaart, p %1 (Holm)</translation>
    </message>
    <message>
        <source>from two standard errors, not paired: p %1 (Holm)</source>
        <translation>aus zwei Standardfehlern, nicht gepaart: p %1 (Holm)</translation>
    </message>
    <message>
        <source>n.s.</source>
        <translation>n.s.</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>Mean acc. %</source>
        <translation>Mittl. Treffer %</translation>
    </message>
    <message>
        <source>Recovery %</source>
        <translation>Erholung %</translation>
    </message>
    <message>
        <source>Band</source>
        <translation>Band</translation>
    </message>
    <message>
        <source>Δ points</source>
        <translation>Δ Punkte</translation>
    </message>
    <message>
        <source>Gap left %</source>
        <translation>Rest %</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>Online</translation>
    </message>
    <message>
        <source>exp of the mean negative log likelihood; recovery: 100 × perplexity of the reference over the row&apos;s</source>
        <translation>exp der mittleren negativen Log-Likelihood; Erholung: 100 × Perplexität der Referenz durch die der Zeile</translation>
    </message>
    <message>
        <source>Mean over the accuracies</source>
        <translation>Mittel über die Trefferquoten</translation>
    </message>
    <message>
        <source>Mean over the row&apos;s tasks, % of the full-precision model, with 95 % interval</source>
        <translation>Mittel über die Aufgaben der Zeile, % des Modells in voller Genauigkeit, mit 95-%-Intervall</translation>
    </message>
    <message>
        <source>L lossless, drop up to 1 %; F fair, 1 to 3 %; R risky, 3 % or more</source>
        <translation>L verlustfrei, Abfall bis 1 %; F mäßig, 1 bis 3 %; R riskant, 3 % oder mehr</translation>
    </message>
    <message>
        <source>Recovery minus that of the pinned baseline, percentage points</source>
        <translation>Erholung minus die des Bezugs, Prozentpunkte</translation>
    </message>
    <message>
        <source>What is left of the gap between RTN and the reference, %</source>
        <translation>Was vom Abstand zwischen RTN und der Referenz bleibt, %</translation>
    </message>
    <message>
        <source>Parameters applied at run time, and their operations a token</source>
        <translation>Zur Laufzeit angewandte Parameter und ihre Operationen je Token</translation>
    </message>
    <message>
        <source>%1 of %2: which way is better is not known, so nothing is compared</source>
        <translation>%1 von %2: unbekannt, welche Richtung besser ist, darum wird nichts verglichen</translation>
    </message>
    <message>
        <source>%1 of %2; recovery: % of the reference</source>
        <translation>%1 von %2; Erholung: % der Referenz</translation>
    </message>
</context>
<context>
    <name>batlab::views::EvaluationTexts</name>
    <message>
        <source>Evaluation text</source>
        <translation>Bewertungstext</translation>
    </message>
    <message>
        <source>Evaluation text of divergence and windows</source>
        <translation>Bewertungstext von Abweichung und Fenstern</translation>
    </message>
</context>
<context>
    <name>batlab::views::FactorRow</name>
    <message>
        <source>Reset g1 × g2</source>
        <translation>g1 × g2 zurücksetzen</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>g1 × g2</source>
        <translation>g1 × g2</translation>
    </message>
    <message>
        <source>shared A × private Bᵢ</source>
        <translation>gemeinsames A × eigene Bᵢ</translation>
    </message>
    <message>
        <source>Block size</source>
        <translation>Blockgröße</translation>
    </message>
    <message>
        <source>Blocks of %1 channels</source>
        <translation>Blöcke von %1 Kanälen</translation>
    </message>
    <message>
        <source>g1 × g2: %1 × %2 → %3 × %4</source>
        <translation>g1 × g2: %1 × %2 → %3 × %4</translation>
    </message>
    <message>
        <source>A of %1, B of %2</source>
        <translation>A von %1, B von %2</translation>
    </message>
</context>
<context>
    <name>batlab::views::FallbackModel</name>
    <message>
        <source>The session does not know the model&apos;s shape yet.</source>
        <translation>Die Sitzung kennt die Form des Modells noch nicht.</translation>
    </message>
    <message>
        <source>output error of %1 linears of %2</source>
        <translation>Ausgangsfehler von %1 Linearen von %2</translation>
    </message>
    <message>
        <source>quantization error of %1 sites of %2</source>
        <translation>Quantisierungsfehler von %1 Stellen von %2</translation>
    </message>
    <message>
        <source>%1 of layer %2: weights and the numbers that enter them; estimated error %3 %</source>
        <translation>%1 von Schicht %2: Gewichte und die Zahlen, die hineingehen; geschätzter Fehler %3 %</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Error share, %</source>
        <translation>Fehleranteil, %</translation>
    </message>
    <message>
        <source>The layer&apos;s share of the estimated error of all layers</source>
        <translation>Anteil der Schicht am geschätzten Fehler aller Schichten</translation>
    </message>
    <message>
        <source>suggest a precision of %1 bits</source>
        <translation>Genauigkeit von %1 Bit vorschlagen</translation>
    </message>
    <message>
        <source>reset the precision</source>
        <translation>Genauigkeit zurücksetzen</translation>
    </message>
    <message>
        <source>%1 of layer %2 in %3</source>
        <translation>%1 der Schicht %2 in %3</translation>
    </message>
</context>
<context>
    <name>batlab::views::FallbackPanel</name>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Precision by layer and site</source>
        <translation>Genauigkeit je Schicht und Stelle</translation>
    </message>
    <message>
        <source>Bits against error</source>
        <translation>Bits gegen Fehler</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Budget in bits per weight</source>
        <translation>Vorgabe in Bits je Gewicht</translation>
    </message>
    <message>
        <source>Mean bits per weight of the layers&apos; linears, scales included</source>
        <translation>Mittlere Bits je Gewicht der Linearen der Schichten, Skalen eingerechnet</translation>
    </message>
    <message>
        <source>bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>Suggest</source>
        <translation>Vorschlagen</translation>
    </message>
    <message>
        <source>Raise where a bit takes away the most error, until the budget is used</source>
        <translation>Dort anheben, wo ein Bit den meisten Fehler nimmt, bis die Vorgabe verbraucht ist</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Back to the precision the what-if started from</source>
        <translation>Zurück zur Genauigkeit, mit der das Was-wäre-wenn begann</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Write this precision into the what-if</source>
        <translation>Diese Genauigkeit in das Was-wäre-wenn schreiben</translation>
    </message>
    <message>
        <source>Nothing to start from.</source>
        <translation>Nichts, womit man beginnen kann.</translation>
    </message>
    <message>
        <source>Precision: %1 bits per weight</source>
        <translation>Genauigkeit: %1 Bit je Gewicht</translation>
    </message>
    <message>
        <source>weights and the numbers entering them</source>
        <translation>Gewichte und die Zahlen, die hineingehen</translation>
    </message>
    <message>
        <source>%1 bits per weight</source>
        <translation>%1 Bit je Gewicht</translation>
    </message>
    <message>
        <source>%1 of linears</source>
        <translation>%1 der Linearen</translation>
    </message>
    <message>
        <source>suggestions rest on the %1</source>
        <translation>Vorschläge beruhen auf: %1</translation>
    </message>
    <message>
        <source>no measured error yet: nothing to suggest from</source>
        <translation>noch kein gemessener Fehler: nichts, woraus man vorschlagen kann</translation>
    </message>
    <message>
        <source>No measured error of this variant yet.</source>
        <translation>Noch kein gemessener Fehler dieser Variante.</translation>
    </message>
    <message>
        <source>greedy</source>
        <translation>gierig</translation>
    </message>
    <message>
        <source>as set</source>
        <translation>wie gesetzt</translation>
    </message>
    <message>
        <source>estimated: a bit of mantissa quarters the error&apos;s power</source>
        <translation>geschätzt: ein Bit Mantisse viertelt die Fehlerleistung</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>Estimated error, % a site</source>
        <translation>Geschätzter Fehler, % je Stelle</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bit</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>not applied yet</source>
        <translation>noch nicht übernommen</translation>
    </message>
</context>
<context>
    <name>batlab::views::FieldEditor</name>
    <message>
        <source>Back to the default</source>
        <translation>Zurück zur Voreinstellung</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation>%1 zurücksetzen</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Datei wählen…</translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation>Datei wählen</translation>
    </message>
    <message>
        <source>Back to %1</source>
        <translation>Zurück zu %1</translation>
    </message>
    <message>
        <source>%1, slider</source>
        <translation>%1, Schieber</translation>
    </message>
</context>
<context>
    <name>batlab::views::FilterBar</name>
    <message>
        <source>Filtered:</source>
        <translation>Gefiltert:</translation>
    </message>
    <message>
        <source>Undo filter</source>
        <translation>Filter zurücknehmen</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Take this step away</source>
        <translation>Diesen Schritt wegnehmen</translation>
    </message>
    <message>
        <source>%1: take this step away</source>
        <translation>%1: diesen Schritt wegnehmen</translation>
    </message>
</context>
<context>
    <name>batlab::views::FindingsModel</name>
    <message>
        <source>✗ serious</source>
        <translation>✗ ernst</translation>
    </message>
    <message>
        <source>! warning</source>
        <translation>! Warnung</translation>
    </message>
    <message>
        <source>· note</source>
        <translation>· Hinweis</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>Block %1</translation>
    </message>
    <message>
        <source>whole variant</source>
        <translation>ganze Variante</translation>
    </message>
    <message>
        <source>%1, %2, %3: %4</source>
        <translation>%1, %2, %3: %4</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>Befund</translation>
    </message>
</context>
<context>
    <name>batlab::views::FindingsPanel</name>
    <message>
        <source>Nothing remarkable yet. Rules look at every layer as it comes.</source>
        <translation>Noch nichts Auffälliges. Die Regeln sehen jede Schicht an, sobald sie kommt.</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Nothing remarkable in the places that the filter shows.</source>
        <translation>Nichts Bemerkenswertes an den Stellen, die der Filter zeigt.</translation>
    </message>
</context>
<context>
    <name>batlab::views::FirstWrongLayer</name>
    <message>
        <source>%1 baseline</source>
        <translation>%1 Bezug</translation>
    </message>
    <message>
        <source>first token alone</source>
        <translation>erstes Token allein</translation>
    </message>
    <message>
        <source>No layer of a variant is done yet.</source>
        <translation>Noch keine Schicht einer Variante ist fertig.</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Output error, %</source>
        <translation>Ausgangsfehler, %</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>First wrong layer</source>
        <translation>Erste falsche Schicht</translation>
    </message>
    <message>
        <source>|F(X) − Fq(X)|² ÷ |F(X)|², cumulative; circle: first layer above the threshold; dashed: first token alone</source>
        <translation>|F(X) − Fq(X)|² ÷ |F(X)|², aufgelaufen; Kreis: erste Schicht über der Schwelle; gestrichelt: erstes Token allein</translation>
    </message>
    <message>
        <source>threshold %1 %</source>
        <translation>Schwelle %1 %</translation>
    </message>
</context>
<context>
    <name>batlab::views::HelpViewer</name>
    <message>
        <source>Manual</source>
        <translation>Handbuch</translation>
    </message>
    <message>
        <source>Search the manual</source>
        <translation>Handbuch durchsuchen</translation>
    </message>
    <message>
        <source>Pages that hold all these words</source>
        <translation>Seiten, die alle diese Wörter enthalten</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Page of the manual</source>
        <translation>Seite des Handbuchs</translation>
    </message>
</context>
<context>
    <name>batlab::views::InspectMap</name>
    <message>
        <source>Block outlier energy</source>
        <translation>Ausreißerenergie der Blöcke</translation>
    </message>
    <message>
        <source>Layer × block</source>
        <translation>Schicht × Block</translation>
    </message>
    <message>
        <source>Token × block</source>
        <translation>Token × Block</translation>
    </message>
    <message>
        <source>Token × block, error</source>
        <translation>Token × Block, Fehler</translation>
    </message>
    <message>
        <source>Token × channel</source>
        <translation>Token × Kanal</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Was die Karte zeigt</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Davor</translation>
    </message>
    <message>
        <source>Before the transform: the model&apos;s own numbers</source>
        <translation>Vor der Transformation: die Zahlen des Modells selbst</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Danach</translation>
    </message>
    <message>
        <source>After the transform: what enters the quantizer</source>
        <translation>Nach der Transformation: was in den Quantisierer geht</translation>
    </message>
    <message>
        <source>before any transform</source>
        <translation>vor jeder Transformation</translation>
    </message>
    <message>
        <source>as it enters the quantizer of %1</source>
        <translation>vor dem Quantisierer von %1</translation>
    </message>
    <message>
        <source>No session.</source>
        <translation>Keine Sitzung.</translation>
    </message>
    <message>
        <source>No statistics of this variant yet. They come layer by layer.</source>
        <translation>Noch keine Statistiken dieser Variante. Sie kommen Schicht für Schicht.</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Block (32 channels each)</source>
        <translation>Block (je 32 Kanäle)</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>activation²</source>
        <translation>Aktivierung²</translation>
    </message>
    <message>
        <source>%1 %2, mean x² per block of 32 over %3 tokens, %4</source>
        <translation>%1 %2, mittleres x² je Block von 32 über %3 Token, %4</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Energy by token</source>
        <translation>Energie je Token</translation>
    </message>
    <message>
        <source>No energies by token of layer %1 yet.</source>
        <translation>Noch keine Energien je Token von Schicht %1.</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>layer %1, %2 %3, mean x² per block of 32 of each of %4 sample tokens, %5</source>
        <translation>Schicht %1, %2 %3, mittleres x² je Block von 32 von jedem von %4 Beispieltoken, %5</translation>
    </message>
    <message>
        <source>Quantization error by token</source>
        <translation>Quantisierungsfehler je Token</translation>
    </message>
    <message>
        <source>Magnitude by channel</source>
        <translation>Beträge je Kanal</translation>
    </message>
    <message>
        <source>Single numbers need a run: its model is read again.</source>
        <translation>Einzelne Zahlen brauchen einen Lauf: sein Modell wird neu gelesen.</translation>
    </message>
    <message>
        <source>New run…</source>
        <translation>Neuer Lauf…</translation>
    </message>
    <message>
        <source>The engine reads the model and the sample.</source>
        <translation>Die Maschine liest Modell und Stichprobe.</translation>
    </message>
    <message>
        <source>MSE</source>
        <translation>MSE</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>mean squared error per block of 32, without learned clipping</source>
        <translation>mittlerer quadratischer Fehler je Block von 32, ohne gelernte Kappung</translation>
    </message>
    <message>
        <source>|x| of every channel</source>
        <translation>|x| jedes Kanals</translation>
    </message>
    <message>
        <source>layer %1, %2 %3, %4, %5 sample tokens, %6</source>
        <translation>Schicht %1, %2 %3, %4, %5 Beispieltoken, %6</translation>
    </message>
    <message>
        <source>Layer × block, Δ</source>
        <translation>Schicht × Block, Δ</translation>
    </message>
    <message>
        <source>Difference of every block to the pinned baseline, dB</source>
        <translation>Unterschied jedes Blocks zum Bezug, dB</translation>
    </message>
    <message>
        <source>Block energy against the baseline</source>
        <translation>Blockenergie gegen den Bezug</translation>
    </message>
    <message>
        <source>The shown variant is the baseline. Select another one, or pin another baseline.</source>
        <translation>Die gezeigte Variante ist der Bezug. Eine andere wählen oder einen anderen Bezug anheften.</translation>
    </message>
    <message>
        <source>No statistics of both variants yet. They come layer by layer.</source>
        <translation>Noch keine Statistiken beider Varianten. Sie kommen Schicht für Schicht.</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>%1 %2, energy of a block over that of %3, dB, %4</source>
        <translation>%1 %2, Energie eines Blocks zu der von %3, dB, %4</translation>
    </message>
</context>
<context>
    <name>batlab::views::InspectPage</name>
    <message>
        <source>Values ÷ block scale</source>
        <translation>Werte ÷ Blockskala</translation>
    </message>
    <message>
        <source>Blocks ranked by bimodality</source>
        <translation>Blöcke nach Zweigipfligkeit</translation>
    </message>
    <message>
        <source>No histogram of this block yet.</source>
        <translation>Noch kein Histogramm dieses Blocks.</translation>
    </message>
    <message>
        <source>L%1 %2 block %3, E2M1 grid, clipped %4 %</source>
        <translation>L%1 %2 Block %3, E2M1-Gitter, gekappt %4 %</translation>
    </message>
    <message>
        <source>layer %1 · %2 %3 · block %4</source>
        <translation>Schicht %1 · %2 %3 · Block %4</translation>
    </message>
    <message>
        <source> · E %1 activation²</source>
        <translation> · E %1 Aktivierung²</translation>
    </message>
    <message>
        <source> · %1 × median</source>
        <translation> · %1 × Median</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>Blöcke</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>The sample&apos;s tokens, coloured</source>
        <translation>Die Token der Stichprobe, gefärbt</translation>
    </message>
    <message>
        <source> · ΔE %1 to %2</source>
        <translation> · ΔE %1 zu %2</translation>
    </message>
    <message>
        <source>, Δ %1 to %2</source>
        <translation>, Δ %1 zu %2</translation>
    </message>
</context>
<context>
    <name>batlab::views::JobsModel</name>
    <message>
        <source> at %1/%2</source>
        <translation> bei %1/%2</translation>
    </message>
    <message>
        <source>engine stopped%1, checkpoint kept</source>
        <translation>Maschine angehalten%1, Zwischenstand bleibt</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>pausing…</source>
        <translation>pausiert gleich…</translation>
    </message>
    <message>
        <source>paused%1</source>
        <translation>pausiert%1</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>hält an…</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>gescheitert: %1</translation>
    </message>
    <message>
        <source>stopped%1, checkpoint kept</source>
        <translation>angehalten%1, Zwischenstand bleibt</translation>
    </message>
    <message>
        <source>spec %1</source>
        <translation>Beschreibung %1</translation>
    </message>
    <message>
        <source>waits for %1, %2</source>
        <translation>wartet auf %1, %2</translation>
    </message>
    <message>
        <source>waiting, %1</source>
        <translation>wartet, %1</translation>
    </message>
    <message>
        <source>%1, spec %2</source>
        <translation>%1, Beschreibung %2</translation>
    </message>
    <message>
        <source>%1 step/s</source>
        <translation>%1 Schritte/s</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Auftrag</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>Gesamt</translation>
    </message>
    <message>
        <source>Step in layer</source>
        <translation>Schritt der Schicht</translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>ETA</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>Loss, rate</source>
        <translation>Verlust, Tempo</translation>
    </message>
    <message>
        <source>waits: the queue is paused, %1</source>
        <translation>wartet: Warteschlange angehalten, %1</translation>
    </message>
</context>
<context>
    <name>batlab::views::JobsPanel</name>
    <message>
        <source>Pause the job</source>
        <translation>Auftrag pausieren</translation>
    </message>
    <message>
        <source>Stop the job; finished layers are kept</source>
        <translation>Auftrag anhalten; fertige Schichten bleiben</translation>
    </message>
    <message>
        <source>Resume the job from its checkpoint</source>
        <translation>Auftrag vom Zwischenstand fortsetzen</translation>
    </message>
    <message>
        <source>Earlier turn for the waiting job (Alt+Up)</source>
        <translation>Früher an die Reihe (Alt+Auf)</translation>
    </message>
    <message>
        <source>Later turn for the waiting job (Alt+Down)</source>
        <translation>Später an die Reihe (Alt+Ab)</translation>
    </message>
    <message>
        <source>More for the chosen job</source>
        <translation>Mehr für den gewählten Auftrag</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>No job yet.</source>
        <translation>Noch kein Auftrag.</translation>
    </message>
    <message>
        <source>New run…</source>
        <translation>Neuer Lauf…</translation>
    </message>
    <message>
        <source>Copy into a new run…</source>
        <translation>In einen neuen Lauf kopieren…</translation>
    </message>
    <message>
        <source>Opens the run form with this run&apos;s values</source>
        <translation>Öffnet das Formular mit den Werten dieses Laufs</translation>
    </message>
    <message>
        <source>Repeat exactly</source>
        <translation>Genau wiederholen</translation>
    </message>
    <message>
        <source>The same frozen spec in a fresh folder; the log says whether the codes came out the same</source>
        <translation>Dieselbe eingefrorene Beschreibung in einem frischen Ordner; das Protokoll sagt, ob dieselben Codes herauskamen</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>Als Befehl kopieren</translation>
    </message>
    <message>
        <source>The spec and the batlab-cli command that makes the same run</source>
        <translation>Die Beschreibung und der batlab-cli-Befehl für denselben Lauf</translation>
    </message>
    <message>
        <source>Take ended jobs off the list</source>
        <translation>Beendete Aufträge aus der Liste nehmen</translation>
    </message>
    <message>
        <source>The session keeps the runs</source>
        <translation>Die Sitzung behält die Läufe</translation>
    </message>
    <message>
        <source>Continue the job</source>
        <translation>Auftrag fortsetzen</translation>
    </message>
    <message>
        <source>Stop waiting: take the job out of the queue</source>
        <translation>Nicht mehr warten: den Auftrag aus der Schlange nehmen</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>Warteschlange anhalten</translation>
    </message>
    <message>
        <source>Let the queue go on</source>
        <translation>Die Warteschlange weitergehen lassen</translation>
    </message>
    <message>
        <source>Pause the queue: the running job ends, no other starts</source>
        <translation>Warteschlange anhalten: der laufende Auftrag endet, kein anderer beginnt</translation>
    </message>
</context>
<context>
    <name>batlab::views::LogModel</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Auftrag</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
</context>
<context>
    <name>batlab::views::LogPanel</name>
    <message>
        <source>Filter log</source>
        <translation>Protokoll filtern</translation>
    </message>
    <message>
        <source>Shows lines that contain this text</source>
        <translation>Zeigt Zeilen, die diesen Text enthalten</translation>
    </message>
    <message>
        <source>Lowest level shown</source>
        <translation>Niedrigste gezeigte Stufe</translation>
    </message>
    <message>
        <source>All levels</source>
        <translation>Alle Stufen</translation>
    </message>
    <message>
        <source>Info and above</source>
        <translation>Ab Hinweis</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Warnungen und Fehler</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Copy the selected lines, or all shown</source>
        <translation>Die gewählten Zeilen kopieren, sonst alle gezeigten</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>Zeilen des Protokolls</translation>
    </message>
    <message>
        <source>No messages of this level.</source>
        <translation>Keine Meldungen dieser Stufe.</translation>
    </message>
    <message>
        <source>No messages fit the filter.</source>
        <translation>Keine Meldung passt zum Filter.</translation>
    </message>
</context>
<context>
    <name>batlab::views::MetricsPanel</name>
    <message>
        <source>Metrics of the what-if</source>
        <translation>Maße des Was-wäre-wenn</translation>
    </message>
    <message>
        <source>Layer %1 · %2 %3</source>
        <translation>Schicht %1 · %2 %3</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht gewertet</translation>
    </message>
    <message>
        <source>impossible as it is; the numbers are of the last setting that worked</source>
        <translation>so nicht möglich; die Zahlen sind die der letzten Einstellung, die ging</translation>
    </message>
    <message>
        <source>re-scoring…</source>
        <translation>wertet neu…</translation>
    </message>
    <message>
        <source>scoring; the first time the model is loaded…</source>
        <translation>wertet; beim ersten Mal wird das Modell geladen…</translation>
    </message>
    <message>
        <source>re-scored in %1 ms, %2 tokens%3</source>
        <translation>neu gewertet in %1 ms, %2 Token%3</translation>
    </message>
    <message>
        <source>, cached</source>
        <translation>, gemerkt</translation>
    </message>
    <message>
        <source>Applies when queued: %1</source>
        <translation>Gilt, wenn eingereiht: %1</translation>
    </message>
    <message>
        <source>Scoring…</source>
        <translation>Wertet…</translation>
    </message>
    <message>
        <source>Nothing to start from.</source>
        <translation>Nichts, womit man beginnen kann.</translation>
    </message>
</context>
<context>
    <name>batlab::views::MicroscopePanel</name>
    <message>
        <source>Block microscope</source>
        <translation>Blockmikroskop</translation>
    </message>
    <message>
        <source>The block under every method</source>
        <translation>Der Block unter jedem Verfahren</translation>
    </message>
    <message>
        <source>Frozen parameters</source>
        <translation>Eingefrorene Parameter</translation>
    </message>
    <message>
        <source>Previous block (←)</source>
        <translation>Voriger Block (←)</translation>
    </message>
    <message>
        <source>Next block (→)</source>
        <translation>Nächster Block (→)</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>eingefroren</translation>
    </message>
    <message>
        <source>Edit in Ablate</source>
        <translation>In der Ablation ändern</translation>
    </message>
    <message>
        <source>L%1 · %2 · block %3</source>
        <translation>L%1 · %2 · Block %3</translation>
    </message>
    <message>
        <source>channels %1–%2, token %3</source>
        <translation>Kanäle %1–%2, Token %3</translation>
    </message>
    <message>
        <source>No session.</source>
        <translation>Keine Sitzung.</translation>
    </message>
    <message>
        <source>Single numbers need a run: its model is read again.</source>
        <translation>Einzelne Zahlen brauchen einen Lauf: sein Modell wird neu gelesen.</translation>
    </message>
    <message>
        <source>New run…</source>
        <translation>Neuer Lauf…</translation>
    </message>
    <message>
        <source>No engine answers. Start it with the window, or name one with --engine.</source>
        <translation>Keine Maschine antwortet. Mit dem Fenster starten oder mit --engine nennen.</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Davor</translation>
    </message>
    <message>
        <source>After %1</source>
        <translation>Nach %1</translation>
    </message>
    <message>
        <source>layer %1 of this variant is not done yet</source>
        <translation>Schicht %1 dieser Variante ist noch nicht fertig</translation>
    </message>
    <message>
        <source>The numbers of this block were not waited for.</source>
        <translation>Auf die Zahlen dieses Blocks wurde nicht gewartet.</translation>
    </message>
</context>
<context>
    <name>batlab::views::NotesPanel</name>
    <message>
        <source>Bookmark the selected block</source>
        <translation>Lesezeichen an den gewählten Block</translation>
    </message>
    <message>
        <source>Go to the chosen bookmark</source>
        <translation>Zum gewählten Lesezeichen</translation>
    </message>
    <message>
        <source>Remove the chosen bookmark</source>
        <translation>Das gewählte Lesezeichen entfernen</translation>
    </message>
    <message>
        <source>Notes of the session</source>
        <translation>Notizen der Sitzung</translation>
    </message>
    <message>
        <source>Notes, in Markdown. They are saved with the session.</source>
        <translation>Notizen in Markdown. Sie werden mit der Sitzung gespeichert.</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
</context>
<context>
    <name>batlab::views::NoticeDialog</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>batlab::views::PanelFrame</name>
    <message>
        <source>Retry</source>
        <translation>Nochmals</translation>
    </message>
</context>
<context>
    <name>batlab::views::ParameterFormModel</name>
    <message>
        <source>choose methods</source>
        <translation>Verfahren wählen</translation>
    </message>
    <message>
        <source>change %1</source>
        <translation>%1 ändern</translation>
    </message>
    <message>
        <source>load a run spec</source>
        <translation>Laufbeschreibung laden</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>from %1</source>
        <translation>ab %1</translation>
    </message>
    <message>
        <source>up to %1</source>
        <translation>bis %1</translation>
    </message>
    <message>
        <source>default %1</source>
        <translation>Voreinstellung %1</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
</context>
<context>
    <name>batlab::views::PlaceFilter</name>
    <message>
        <source>layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>layers %1–%2</source>
        <translation>Schichten %1–%2</translation>
    </message>
    <message>
        <source>only %1</source>
        <translation>nur %1</translation>
    </message>
    <message>
        <source>without %1</source>
        <translation>ohne %1</translation>
    </message>
</context>
<context>
    <name>batlab::views::PreflightPanel</name>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft…</translation>
    </message>
    <message>
        <source>Model, memory, disk and time</source>
        <translation>Modell, Speicher, Platte und Zeit</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>Nicht geprüft</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Nochmals prüfen</translation>
    </message>
    <message>
        <source>%1 needed, %2 free</source>
        <translation>%1 nötig, %2 frei</translation>
    </message>
    <message>
        <source>%1 needed</source>
        <translation>%1 nötig</translation>
    </message>
    <message>
        <source>Preflight</source>
        <translation>Vorprüfung</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>GPU-Speicher</translation>
    </message>
</context>
<context>
    <name>batlab::views::ProjectModel</name>
    <message>
        <source>No model yet</source>
        <translation>Noch kein Modell</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>%1 · %2 blk</source>
        <translation>%1 · %2 Bl.</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>Varianten</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Evaluations</source>
        <translation>Bewertungen</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>out. SQNR</source>
        <translation>Ausg. SQNR</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>Largest over median block energy of a layer or site; output SQNR of a variant</source>
        <translation>Größte durch mittlere Blockenergie einer Schicht oder Stelle (Median); Ausgangs-SQNR einer Variante</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>peak/med</source>
        <translation>max/Med</translation>
    </message>
    <message>
        <source>%1; Δ to %2: %3</source>
        <translation>%1; Δ zu %2: %3</translation>
    </message>
</context>
<context>
    <name>batlab::views::ProjectPanel</name>
    <message>
        <source>Filter, e.g. layer 20</source>
        <translation>Filter, z. B. layer 20</translation>
    </message>
    <message>
        <source>Filter the project</source>
        <translation>Projekt filtern</translation>
    </message>
    <message>
        <source>Shows entries whose name contains this text</source>
        <translation>Zeigt Einträge, deren Name diesen Text enthält</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Pin as baseline</source>
        <translation>Als Bezug heften</translation>
    </message>
</context>
<context>
    <name>batlab::views::ProvenanceDialog</name>
    <message>
        <source>Provenance</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>All lines, tab-separated</source>
        <translation>Alle Zeilen, mit Tabulatoren</translation>
    </message>
</context>
<context>
    <name>batlab::views::RankingPanel</name>
    <message>
        <source>Bimodality</source>
        <translation>Zweigipfligkeit</translation>
    </message>
    <message>
        <source>Blocks ranked by bimodality</source>
        <translation>Blöcke nach Zweigipfligkeit</translation>
    </message>
    <message>
        <source>No block statistics yet.</source>
        <translation>Noch keine Blockstatistiken.</translation>
    </message>
    <message>
        <source>by valley depth</source>
        <translation>nach Taltiefe</translation>
    </message>
    <message>
        <source>by dip statistic</source>
        <translation>nach Dip-Statistik</translation>
    </message>
    <message>
        <source>worst first</source>
        <translation>schlimmste zuerst</translation>
    </message>
    <message>
        <source>%1 of %2 blocks with BC &gt; 5/9</source>
        <translation>%1 von %2 Blöcken mit BC &gt; 5/9</translation>
    </message>
    <message>
        <source>No block statistics of the places that the filter shows.</source>
        <translation>Keine Blockstatistik der Stellen, die der Filter zeigt.</translation>
    </message>
</context>
<context>
    <name>batlab::views::RecoveryPanel</name>
    <message>
        <source>Recovery</source>
        <translation>Erholung</translation>
    </message>
    <message>
        <source>Intervals</source>
        <translation>Intervalle</translation>
    </message>
    <message>
        <source>Significance</source>
        <translation>Signifikanz</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bänder</translation>
    </message>
    <message>
        <source>Show 95 % intervals</source>
        <translation>95-%-Intervalle zeigen</translation>
    </message>
    <message>
        <source>Show what differs from the baseline, p &lt; 0.05 after Holm</source>
        <translation>Zeigen, was sich vom Bezug unterscheidet, p &lt; 0,05 nach Holm</translation>
    </message>
    <message>
        <source>Show lossless, fair and risky</source>
        <translation>Verlustfrei, mäßig und riskant zeigen</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Als Markdown kopieren</translation>
    </message>
    <message>
        <source>Copy the table as Markdown, with contract and footnotes</source>
        <translation>Die Tabelle als Markdown kopieren, mit Vertrag und Fußnoten</translation>
    </message>
    <message>
        <source>LaTeX</source>
        <translation>LaTeX</translation>
    </message>
    <message>
        <source>Copy the table as LaTeX</source>
        <translation>Die Tabelle als LaTeX kopieren</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>Copy the table as CSV, numbers in full</source>
        <translation>Die Tabelle als CSV kopieren, alle Stellen</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Save the table as Markdown, LaTeX or CSV</source>
        <translation>Die Tabelle als Markdown, LaTeX oder CSV speichern</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Einlesen…</translation>
    </message>
    <message>
        <source>Show results of lm-evaluation-harness beside these</source>
        <translation>Ergebnisse von lm-evaluation-harness neben diesen zeigen</translation>
    </message>
    <message>
        <source>Methods of the recovery table</source>
        <translation>Verfahren der Erholungstabelle</translation>
    </message>
    <message>
        <source>Recovery table</source>
        <translation>Erholungstabelle</translation>
    </message>
    <message>
        <source>No evaluation yet.</source>
        <translation>Noch keine Bewertung.</translation>
    </message>
    <message>
        <source>New run…</source>
        <translation>Neuer Lauf…</translation>
    </message>
    <message>
        <source>differences against %1</source>
        <translation>Unterschiede gegen %1</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>LaTeX (*.tex)</source>
        <translation>LaTeX (*.tex)</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>Save the recovery table</source>
        <translation>Erholungstabelle speichern</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>%1 konnte nicht geschrieben werden: %2</translation>
    </message>
    <message>
        <source>Pin as baseline</source>
        <translation>Als Bezug heften</translation>
    </message>
    <message>
        <source>Measure the imported results against this</source>
        <translation>Die eingelesenen Ergebnisse an diesem messen</translation>
    </message>
    <message>
        <source>Remove these imported results</source>
        <translation>Diese eingelesenen Ergebnisse entfernen</translation>
    </message>
</context>
<context>
    <name>batlab::views::RunDialog</name>
    <message>
        <source>New run</source>
        <translation>Neuer Lauf</translation>
    </message>
    <message>
        <source>Methods</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>Methods of the run</source>
        <translation>Verfahren des Laufs</translation>
    </message>
    <message>
        <source>Queue run</source>
        <translation>Lauf einreihen</translation>
    </message>
    <message>
        <source>Choose at least one method.</source>
        <translation>Bitte mindestens ein Verfahren wählen.</translation>
    </message>
    <message numerus="yes">
        <source>%n parameter(s) changed</source>
        <translation>
            <numerusform>%n Parameter geändert</numerusform>
            <numerusform>%n Parameter geändert</numerusform>
        </translation>
    </message>
    <message>
        <source>Run specs (*.yaml *.yml)</source>
        <translation>Laufbeschreibungen (*.yaml *.yml)</translation>
    </message>
    <message>
        <source>Open a run spec (YAML)…</source>
        <translation>Laufbeschreibung öffnen (YAML)…</translation>
    </message>
    <message>
        <source>Open a run spec</source>
        <translation>Laufbeschreibung öffnen</translation>
    </message>
    <message>
        <source>Save this run spec (YAML)…</source>
        <translation>Diese Laufbeschreibung speichern (YAML)…</translation>
    </message>
    <message>
        <source>Save the run spec</source>
        <translation>Laufbeschreibung speichern</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>Als Befehl kopieren</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weiteres</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 says more than this form has fields for (%2). It is queued as it is; a change here queues the form instead.</source>
        <translation>%1 sagt mehr, als dieses Formular Felder hat (%2). Es wird so eingereiht, wie es ist; eine Änderung hier reiht stattdessen das Formular ein.</translation>
    </message>
    <message>
        <source>Changed here: what only %1 says is left out (%2).</source>
        <translation>Hier geändert: was nur %1 sagt, bleibt weg (%2).</translation>
    </message>
</context>
<context>
    <name>batlab::views::SamplesModel</name>
    <message>
        <source>Change of the log likelihood of the right choice over the best wrong one, nat</source>
        <translation>Änderung der Log-Likelihood der richtigen Wahl gegen die beste falsche, nat</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Δ margin, nat</source>
        <translation>Δ Abstand, nat</translation>
    </message>
</context>
<context>
    <name>batlab::views::SamplesPanel</name>
    <message>
        <source>Samples</source>
        <translation>Einzelfragen</translation>
    </message>
    <message>
        <source>Model compared with the reference</source>
        <translation>Modell, das mit der Referenz verglichen wird</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>Verloren</translation>
    </message>
    <message>
        <source>Right in the reference, wrong here</source>
        <translation>In der Referenz richtig, hier falsch</translation>
    </message>
    <message>
        <source>Gained</source>
        <translation>Gewonnen</translation>
    </message>
    <message>
        <source>Wrong in the reference, right here</source>
        <translation>In der Referenz falsch, hier richtig</translation>
    </message>
    <message>
        <source>Both wrong</source>
        <translation>Beide falsch</translation>
    </message>
    <message>
        <source>Wrong in both</source>
        <translation>In beiden falsch</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Every question both have answered</source>
        <translation>Jede Frage, die beide beantwortet haben</translation>
    </message>
    <message>
        <source>Choices of the sample</source>
        <translation>Wahlmöglichkeiten der Frage</translation>
    </message>
    <message>
        <source>No samples: import results of lm_eval, logged with --log_samples.</source>
        <translation>Keine Einzelfragen: bitte Ergebnisse von lm_eval einlesen, aufgezeichnet mit --log_samples.</translation>
    </message>
    <message>
        <source>One model is imported: import another to compare their answers.</source>
        <translation>Ein Modell ist eingelesen: ein zweites einlesen, um die Antworten zu vergleichen.</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Einlesen…</translation>
    </message>
    <message>
        <source>These two have no logged samples in common.</source>
        <translation>Diese zwei haben keine gemeinsamen aufgezeichneten Fragen.</translation>
    </message>
    <message>
        <source>Lost %1</source>
        <translation>Verloren %1</translation>
    </message>
    <message>
        <source>Gained %1</source>
        <translation>Gewonnen %1</translation>
    </message>
    <message>
        <source>%1 of %2 answers changed, net %3, McNemar p %4</source>
        <translation>%1 von %2 Antworten anders, netto %3, McNemar p %4</translation>
    </message>
    <message>
        <source>Select a sample to see its choices.</source>
        <translation>Eine Frage wählen, um ihre Wahlmöglichkeiten zu sehen.</translation>
    </message>
    <message>
        <source>Choice</source>
        <translation>Wahl</translation>
    </message>
    <message>
        <source>Δ, nat</source>
        <translation>Δ, nat</translation>
    </message>
    <message>
        <source> ✓ answer</source>
        <translation> ✓ Antwort</translation>
    </message>
</context>
<context>
    <name>batlab::views::SelectionBar</name>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Variant whose numbers are shown</source>
        <translation>Variante, deren Zahlen gezeigt werden</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>✓ one contract: %1</source>
        <translation>✓ ein Vertrag: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n Unterschied</numerusform>
            <numerusform>%n Unterschiede</numerusform>
        </translation>
    </message>
    <message>
        <source>Channel and token</source>
        <translation>Kanal und Token</translation>
    </message>
    <message>
        <source>Site: the inputs of which linears, the KV cache or the residual stream</source>
        <translation>Stelle: die Eingänge welcher Linearen, der KV-Cache oder der Residualstrom</translation>
    </message>
</context>
<context>
    <name>batlab::views::SensitivityModel</name>
    <message>
        <source>Layer · site · linear</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Layer, the site whose numbers the linear reads, and the linear</source>
        <translation>Schicht, die Stelle, deren Zahlen die Lineare liest, und die Lineare</translation>
    </message>
    <message>
        <source>Out. dB</source>
        <translation>Ausg. dB</translation>
    </message>
    <message>
        <source>Output SQNR on the calibration inputs, dB: energy of the output over energy of its error (filter: sqnr)</source>
        <translation>Ausgangs-SQNR auf den Kalibriereingängen, dB: Energie des Ausgangs durch Energie seines Fehlers (Filter: sqnr)</translation>
    </message>
    <message>
        <source>Weight dB</source>
        <translation>Gewicht dB</translation>
    </message>
    <message>
        <source>SQNR of the transformed weights, dB (filter: weight)</source>
        <translation>SQNR der transformierten Gewichte, dB (Filter: weight)</translation>
    </message>
    <message>
        <source>MSE</source>
        <translation>MSE</translation>
    </message>
    <message>
        <source>Mean squared error of the output (filter: mse)</source>
        <translation>Mittlerer quadratischer Fehler des Ausgangs (Filter: mse)</translation>
    </message>
    <message>
        <source>Kurtosis</source>
        <translation>Wölbung</translation>
    </message>
    <message>
        <source>Mean kurtosis of the site&apos;s blocks, 3 for a normal (filter: kurtosis)</source>
        <translation>Mittlere Wölbung der Blöcke der Stelle, 3 für eine Normalverteilung (Filter: kurtosis)</translation>
    </message>
    <message>
        <source>Max/med</source>
        <translation>Max/Med</translation>
    </message>
    <message>
        <source>Largest over median block energy of the site (filter: peak)</source>
        <translation>Größte durch mittlere Blockenergie der Stelle (Filter: peak)</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>Energie</translation>
    </message>
    <message>
        <source>Mean x² of the site, activation² (filter: energy)</source>
        <translation>Mittleres x² der Stelle, Aktivierung² (Filter: energy)</translation>
    </message>
    <message>
        <source>Clip %</source>
        <translation>Clip %</translation>
    </message>
    <message>
        <source>Share of the site&apos;s numbers beyond the largest code, % (filter: clip, as a share in %)</source>
        <translation>Anteil der Zahlen der Stelle jenseits des größten Codes, % (Filter: clip, als Anteil in %)</translation>
    </message>
    <message>
        <source>Entropy b</source>
        <translation>Entropie b</translation>
    </message>
    <message>
        <source>Entropy of the 16 codes in use, bits of 4 (filter: entropy)</source>
        <translation>Entropie der 16 Codes im Gebrauch, Bit von 4 (Filter: entropy)</translation>
    </message>
    <message>
        <source>Δ dB</source>
        <translation>Δ dB</translation>
    </message>
    <message>
        <source>Output SQNR minus that of the pinned baseline, dB: more is better (filter: delta)</source>
        <translation>Ausgangs-SQNR minus dem des Bezugs, dB: mehr ist besser (Filter: delta)</translation>
    </message>
    <message>
        <source>%1 to the baseline&apos;s %2</source>
        <translation>%1 zu %2 des Bezugs</translation>
    </message>
</context>
<context>
    <name>batlab::views::SensitivityPanel</name>
    <message>
        <source>Sensitivity of every linear</source>
        <translation>Empfindlichkeit jeder Linearen</translation>
    </message>
    <message>
        <source>Filter, e.g. layer:20 T4 sqnr&lt;12</source>
        <translation>Filter, z. B. layer:20 T4 sqnr&lt;12</translation>
    </message>
    <message>
        <source>Filter the linears</source>
        <translation>Lineare filtern</translation>
    </message>
    <message>
        <source>All terms must hold: layer:20, layer:3-7, T4, down, or a comparison with one of %1</source>
        <translation>Alle Bedingungen müssen gelten: layer:20, layer:3-7, T4, down oder ein Vergleich mit einem von %1</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the shown rows as a table (TSV)</source>
        <translation>Die gezeigten Zeilen als Tabelle kopieren (TSV)</translation>
    </message>
    <message>
        <source>Copy paste-ready exclude list</source>
        <translation>Ausschlussliste zum Einfügen kopieren</translation>
    </message>
    <message>
        <source>Copy as lines of the stage precision</source>
        <translation>Als Zeilen der Stufe precision kopieren</translation>
    </message>
    <message>
        <source>Nothing of this variant yet.</source>
        <translation>Noch nichts von dieser Variante.</translation>
    </message>
    <message>
        <source>%1 of %2 sites; choose a variant for its linears</source>
        <translation>%1 von %2 Stellen; eine Variante wählen, um ihre Linearen zu sehen</translation>
    </message>
    <message>
        <source>%1 of %2 linears</source>
        <translation>%1 von %2 Linearen</translation>
    </message>
</context>
<context>
    <name>batlab::views::SessionReport</name>
    <message>
        <source>%1. %2 variants, %3 evaluations. Written %4.</source>
        <translation>%1. %2 Varianten, %3 Bewertungen. Geschrieben %4.</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>Noch kein Modell</translation>
    </message>
    <message>
        <source>Contract: %1</source>
        <translation>Vertrag: %1</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>Erholung</translation>
    </message>
    <message>
        <source>Nothing has been evaluated yet.</source>
        <translation>Noch ist nichts bewertet.</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>KL divergence, nats</source>
        <translation>KL-Divergenz, nat</translation>
    </message>
    <message>
        <source>Top-1 agreement, %</source>
        <translation>Top-1-Übereinstimmung, %</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>Varianten</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>Familie</translation>
    </message>
    <message>
        <source>Finished layers</source>
        <translation>Fertige Schichten</translation>
    </message>
    <message>
        <source>Mean output SQNR, dB</source>
        <translation>Mittlere Ausgangs-SQNR, dB</translation>
    </message>
    <message>
        <source>Online parameters</source>
        <translation>Online-Parameter</translation>
    </message>
    <message>
        <source>Online FLOP a token</source>
        <translation>Online-FLOP je Token</translation>
    </message>
    <message>
        <source>Calibration, s</source>
        <translation>Kalibrierung, s</translation>
    </message>
    <message>
        <source>Figure %1. %2. %3</source>
        <translation>Abbildung %1. %2. %3</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Block (32 channels each)</source>
        <translation>Block (je 32 Kanäle)</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>activation²</source>
        <translation>Aktivierung²</translation>
    </message>
    <message>
        <source>Block energy at %1</source>
        <translation>Blockenergie an %1</translation>
    </message>
    <message>
        <source>Mean x² per block over %1 tokens, before any transform</source>
        <translation>Mittleres x² je Block über %1 Token, vor jeder Transformation</translation>
    </message>
    <message>
        <source>Output SQNR, dB</source>
        <translation>Ausgangs-SQNR, dB</translation>
    </message>
    <message>
        <source>Output SQNR by layer at %1</source>
        <translation>Ausgangs-SQNR je Schicht an %1</translation>
    </message>
    <message>
        <source>Mean over the linears that read this site; higher is better</source>
        <translation>Mittel über die Linearen, die diese Stelle lesen; höher ist besser</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Spec</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Provenance</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>nicht gespeichert</translation>
    </message>
    <message>
        <source>Identifier</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Entstanden</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Geschrieben von</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Pfad</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Behälter</translation>
    </message>
    <message>
        <source>Hash of the weights</source>
        <translation>Prüfsumme der Gewichte</translation>
    </message>
    <message>
        <source>Quick hash</source>
        <translation>Schnelle Prüfsumme</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Spec hash</source>
        <translation>Prüfsumme der Beschreibung</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Geendet</translation>
    </message>
    <message>
        <source>Folder of parts</source>
        <translation>Ordner der Teile</translation>
    </message>
    <message>
        <source>Recipe hash</source>
        <translation>Prüfsumme des Rezepts</translation>
    </message>
    <message>
        <source>Protocol hash</source>
        <translation>Prüfsumme des Messvertrags</translation>
    </message>
    <message>
        <source>First wrong layer</source>
        <translation>Erste falsche Schicht</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1 ist gescheitert: %2</translation>
    </message>
    <message>
        <source>Not all of these were measured alike:</source>
        <translation>Nicht alle wurden gleich gemessen:</translation>
    </message>
    <message>
        <source>Divergence from the reference</source>
        <translation>Abweichung von der Referenz</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>What the specs differ in</source>
        <translation>Worin sich die Beschreibungen unterscheiden</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Sweeps</source>
        <translation>Reihen</translation>
    </message>
    <message>
        <source>Hash of the tokenizer</source>
        <translation>Hash des Tokenizers</translation>
    </message>
    <message>
        <source>Evaluation texts</source>
        <translation>Auswertungstexte</translation>
    </message>
    <message>
        <source>Hash of %1</source>
        <translation>Hash von %1</translation>
    </message>
    <message>
        <source>Hash of the calibration tokens</source>
        <translation>Hash der Kalibrierungstoken</translation>
    </message>
    <message>
        <source>Energy entering the quantizer at %1</source>
        <translation>Energie vor dem Quantisierer an %1</translation>
    </message>
    <message>
        <source>Mean x² per block after the transforms of each variant, identical limits</source>
        <translation>Mittleres x² je Block nach den Transformationen jeder Variante, gleiche Grenzen</translation>
    </message>
    <message>
        <source>Block energy flow of layer %1 at %2</source>
        <translation>Energiefluss der Blöcke von Schicht %1 an %2</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Loss ÷ first</source>
        <translation>Verlust ÷ erster</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Training of the whole model</source>
        <translation>Training des ganzen Modells</translation>
    </message>
    <message>
        <source>Training of layer %1</source>
        <translation>Training von Schicht %1</translation>
    </message>
    <message>
        <source>Loss over that of the first step; dashed: a further training of the same variant</source>
        <translation>Verlust geteilt durch den des ersten Schritts; gestrichelt: ein weiteres Training derselben Variante</translation>
    </message>
</context>
<context>
    <name>batlab::views::SpecDifferenceDialog</name>
    <message>
        <source>Queue the what-if as a run</source>
        <translation>Das Was-wäre-wenn als Lauf einreihen</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) from %1</source>
        <translation>
            <numerusform>%n Änderung gegen %1</numerusform>
            <numerusform>%n Änderungen gegen %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Differences of the spec</source>
        <translation>Unterschiede der Beschreibung</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>Dieser Lauf</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>nicht da</translation>
    </message>
    <message>
        <source>Queue run</source>
        <translation>Lauf einreihen</translation>
    </message>
</context>
<context>
    <name>batlab::views::SpecTable</name>
    <message>
        <source>Parameter</source>
        <translation>Parameter</translation>
    </message>
</context>
<context>
    <name>batlab::views::StatusStrip</name>
    <message>
        <source>Readout</source>
        <translation>Ablesung</translation>
    </message>
    <message>
        <source>Show the jobs</source>
        <translation>Aufträge zeigen</translation>
    </message>
    <message>
        <source>Running job</source>
        <translation>Laufender Auftrag</translation>
    </message>
    <message>
        <source>Progress of the running job</source>
        <translation>Fortschritt des laufenden Auftrags</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>engine not started</source>
        <translation>Maschine nicht gestartet</translation>
    </message>
    <message>
        <source>GPU unknown</source>
        <translation>GPU unbekannt</translation>
    </message>
    <message>
        <source>CPU %1</source>
        <translation>CPU %1</translation>
    </message>
    <message>
        <source>%1 · %2 threads</source>
        <translation>%1 · %2 Fäden</translation>
    </message>
    <message>
        <source>GPU %1</source>
        <translation>GPU %1</translation>
    </message>
    <message>
        <source>GPU none</source>
        <translation>keine GPU</translation>
    </message>
    <message>
        <source>native FP4</source>
        <translation>FP4 in Hardware</translation>
    </message>
    <message>
        <source>FP4 emulated</source>
        <translation>FP4 nachgebildet</translation>
    </message>
    <message>
        <source>RAM %1 / %2</source>
        <translation>RAM %1 / %2</translation>
    </message>
    <message>
        <source>Memory in use on this machine, and all of it</source>
        <translation>Belegter und gesamter Speicher dieses Rechners</translation>
    </message>
    <message>
        <source>Disk %1 free</source>
        <translation>Platte %1 frei</translation>
    </message>
    <message>
        <source>Free space where the work files lie</source>
        <translation>Freier Platz, wo die Arbeitsdateien liegen</translation>
    </message>
    <message>
        <source>ETA %1</source>
        <translation>Rest %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Beschäftigt</translation>
    </message>
    <message>
        <source>Memory in use on %1, and all of it</source>
        <translation>Belegter Speicher auf %1, und der ganze</translation>
    </message>
    <message>
        <source>Free space on %1, where the work files lie</source>
        <translation>Freier Platz auf %1, wo die Arbeitsdateien liegen</translation>
    </message>
    <message>
        <source>VRAM %1 / %2</source>
        <translation>VRAM %1 / %2</translation>
    </message>
    <message>
        <source>Memory in use on the engine&apos;s GPU, and all of it</source>
        <translation>Belegter Speicher der GPU der Engine, und der ganze</translation>
    </message>
    <message>
        <source>load %1 %</source>
        <translation>Last %1 %</translation>
    </message>
    <message>
        <source>Load: the share of the last second in which it was computing</source>
        <translation>Last: Anteil der letzten Sekunde, in dem sie rechnete</translation>
    </message>
</context>
<context>
    <name>batlab::views::SweepPanel</name>
    <message>
        <source>Sweep</source>
        <translation>Reihe</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>Gruppen</translation>
    </message>
    <message>
        <source>Parameter of the %1</source>
        <translation>Parameter der %1</translation>
    </message>
    <message>
        <source>Values of the %1</source>
        <translation>Werte der %1</translation>
    </message>
    <message>
        <source>Values with commas; pairs as 8:4, lists as T1+T3</source>
        <translation>Werte mit Kommas; Paare als 8:4, Listen als T1+T3</translation>
    </message>
    <message>
        <source>Values…</source>
        <translation>Werte…</translation>
    </message>
    <message>
        <source>Show or hide the values of the axes</source>
        <translation>Die Werte der Achsen ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Start sweep</source>
        <translation>Reihe starten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Best cell → what if</source>
        <translation>Beste übernehmen</translation>
    </message>
    <message>
        <source>Progress of the sweep</source>
        <translation>Fortschritt der Reihe</translation>
    </message>
    <message>
        <source>Sweep shown</source>
        <translation>Gezeigte Reihe</translation>
    </message>
    <message>
        <source>This what-if&apos;s sweep, or one the session keeps</source>
        <translation>Die Reihe dieses Was-wäre-wenn, oder eine der Sitzung</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>This what-if</source>
        <translation>Aktuell</translation>
    </message>
    <message>
        <source>Cell %1 of %2</source>
        <translation>Zelle %1 von %2</translation>
    </message>
    <message>
        <source>This sweep has more axes than a matrix can show.</source>
        <translation>Diese Reihe hat mehr Achsen, als eine Matrix zeigen kann.</translation>
    </message>
    <message>
        <source>Sweep of %1</source>
        <translation>Reihe über %1</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>two parameters against each other, a third as groups</source>
        <translation>zwei Parameter gegeneinander, ein dritter als Gruppen</translation>
    </message>
    <message>
        <source>No sweep yet.</source>
        <translation>Noch keine Reihe.</translation>
    </message>
    <message>
        <source>%1 of %2 cells</source>
        <translation>%1 von %2 Zellen</translation>
    </message>
    <message>
        <source>Sweep %1 × %2</source>
        <translation>Reihe %1 × %2</translation>
    </message>
    <message>
        <source>%1, colour is Δ to the pinned %2</source>
        <translation>%1, Farbe ist Δ zum Bezug %2</translation>
    </message>
    <message>
        <source>Metric of the cells</source>
        <translation>Maß der Zellen</translation>
    </message>
    <message>
        <source>%1 ↑</source>
        <translation>%1 ↑</translation>
    </message>
    <message>
        <source>%1 ↓</source>
        <translation>%1 ↓</translation>
    </message>
    <message>
        <source>What the cells show, at the selected site (%1); ↑ higher is better, ↓ lower is better</source>
        <translation>Was die Zellen zeigen, an der gewählten Stelle (%1); ↑ höher ist besser, ↓ niedriger ist besser</translation>
    </message>
    <message>
        <source>Made from %1: choose it under “Start from” to load its cells</source>
        <translation>Aus %1 entstanden: unter „Beginnen mit“ wählen, um Zellen zu laden</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>Fehlgeschlagene wiederholen</translation>
    </message>
</context>
<context>
    <name>batlab::views::TableCopy</name>
    <message>
        <source>Copy table (TSV)</source>
        <translation>Tabelle kopieren (TSV)</translation>
    </message>
    <message>
        <source>Save CSV…</source>
        <translation>CSV speichern …</translation>
    </message>
    <message>
        <source>Save %1</source>
        <translation>%1 speichern</translation>
    </message>
    <message>
        <source>%1 could not be written. Choose a folder you may write to, with free space.</source>
        <translation>%1 konnte nicht geschrieben werden. Bitte einen beschreibbaren Ordner mit freiem Platz wählen.</translation>
    </message>
</context>
<context>
    <name>batlab::views::TensorModel</name>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>After the layers</source>
        <translation>Nach den Schichten</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1
Weights of a linear: quantized along its %2 inputs in blocks of 32, unless the stage precision says otherwise</source>
        <translation>%1
Gewichte einer Linearen: entlang ihrer %2 Eingänge in Blöcken zu 32 quantisiert, wenn die Stufe precision nichts anderes sagt</translation>
    </message>
    <message>
        <source>%1
Quantized; %2 inputs are no multiple of 32, so the last block is filled up with zeros</source>
        <translation>%1
Quantisiert; %2 Eingänge sind kein Vielfaches von 32, der letzte Block wird mit Nullen aufgefüllt</translation>
    </message>
    <message>
        <source>%1
Stays as it is: only the weights of the layers&apos; linears are quantized</source>
        <translation>%1
Bleibt, wie er ist: nur die Gewichte der Linearen in den Schichten werden quantisiert</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>yes, padded</source>
        <translation>ja, aufgefüllt</translation>
    </message>
    <message>
        <source>no: embedding</source>
        <translation>nein: Einbettung</translation>
    </message>
    <message>
        <source>no: head</source>
        <translation>nein: Kopf</translation>
    </message>
    <message>
        <source>no: norm</source>
        <translation>nein: Norm</translation>
    </message>
    <message>
        <source>no: bias</source>
        <translation>nein: Bias</translation>
    </message>
    <message>
        <source>no: not a linear</source>
        <translation>nein: keine Lineare</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Name in the model&apos;s files</source>
        <translation>Name in den Dateien des Modells</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Outputs × inputs; of a group: number of values</source>
        <translation>Ausgänge × Eingänge; einer Gruppe: Zahl der Werte</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>How the file stores it</source>
        <translation>Wie die Datei ihn speichert</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Bytes in the file</source>
        <translation>Bytes in der Datei</translation>
    </message>
    <message>
        <source>Quantized</source>
        <translation>Quantisiert</translation>
    </message>
    <message>
        <source>Whether a run quantizes it, or why not</source>
        <translation>Ob ein Lauf ihn quantisiert, oder warum nicht</translation>
    </message>
</context>
<context>
    <name>batlab::views::TensorsPanel</name>
    <message>
        <source>Filter, e.g. 12 down</source>
        <translation>Filter, z. B. 12 down</translation>
    </message>
    <message>
        <source>Filter the tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>Copy the shown tensors as a table (TSV)</source>
        <translation>Gezeigte Tensoren als Tabelle kopieren (TSV)</translation>
    </message>
    <message>
        <source>Tensors of the model</source>
        <translation>Tensoren des Modells</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist offen.</translation>
    </message>
    <message>
        <source>Open model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s), %1 values, %2; %3 quantized</source>
        <translation>
            <numerusform>%n Tensor, %1 Werte, %2; %3 quantisiert</numerusform>
            <numerusform>%n Tensoren, %1 Werte, %2; %3 quantisiert</numerusform>
        </translation>
    </message>
    <message>
        <source>Letters of the name or the type in their order, as in the palette; a number is a layer&apos;s; all words must hold</source>
        <translation>Buchstaben von Name oder Typ in ihrer Reihenfolge, wie in der Palette; eine Zahl ist die einer Schicht; alle Wörter müssen stimmen</translation>
    </message>
</context>
<context>
    <name>batlab::views::TokenPanel</name>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Energy of the block</source>
        <translation>Energie des Blocks</translation>
    </message>
    <message>
        <source>Energy of the site</source>
        <translation>Energie der Stelle</translation>
    </message>
    <message>
        <source>Error of the block</source>
        <translation>Fehler des Blocks</translation>
    </message>
    <message>
        <source>Error of the site</source>
        <translation>Fehler der Stelle</translation>
    </message>
    <message>
        <source>What colours the tokens</source>
        <translation>Was die Token färbt</translation>
    </message>
    <message>
        <source>No energies by token of layer %1 yet.</source>
        <translation>Noch keine Energien je Token von Schicht %1.</translation>
    </message>
    <message>
        <source>Errors by token need a run: its model is read again.</source>
        <translation>Fehler je Token brauchen einen Lauf: sein Modell wird neu gelesen.</translation>
    </message>
    <message>
        <source>The engine reads the model and the sample…</source>
        <translation>Die Maschine liest Modell und Stichprobe…</translation>
    </message>
    <message>
        <source>No session.</source>
        <translation>Keine Sitzung.</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Nochmals</translation>
    </message>
    <message>
        <source>MSE</source>
        <translation>MSE</translation>
    </message>
    <message>
        <source>E</source>
        <translation>E</translation>
    </message>
    <message>
        <source>activation²</source>
        <translation>Aktivierung²</translation>
    </message>
    <message>
        <source>L%1 %2 block %3</source>
        <translation>L%1 %2 Block %3</translation>
    </message>
    <message>
        <source>L%1 %2, all blocks</source>
        <translation>L%1 %2, alle Blöcke</translation>
    </message>
    <message>
        <source>%1, %2 tokens, %3</source>
        <translation>%1, %2 Token, %3</translation>
    </message>
    <message>
        <source>%1, as a table</source>
        <translation>%1, als Tabelle</translation>
    </message>
    <message>
        <source>Show as table (T)</source>
        <translation>Als Tabelle zeigen (T)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>PNG picture, %1×…</source>
        <translation>PNG-Bild, %1×…</translation>
    </message>
    <message>
        <source>CSV data…</source>
        <translation>CSV-Daten…</translation>
    </message>
    <message>
        <source>TSV data…</source>
        <translation>TSV-Daten…</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Copy data</source>
        <translation>Daten kopieren</translation>
    </message>
    <message>
        <source>Export %1</source>
        <translation>%1 exportieren</translation>
    </message>
    <message>
        <source>%1 could not be written. Choose a folder you may write to, with free space.</source>
        <translation>%1 ließ sich nicht schreiben. Einen Ordner mit Schreibrecht und freiem Platz wählen.</translation>
    </message>
</context>
<context>
    <name>batlab::views::TokenStrip</name>
    <message>
        <source>Tokens of the sample</source>
        <translation>Token der Stichprobe</translation>
    </message>
    <message>
        <source>token %1 “%2”</source>
        <translation>Token %1 „%2“</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>kein Wert</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>batlab::views::TrainingPlot</name>
    <message>
        <source>transform</source>
        <translation>Transformation</translation>
    </message>
    <message>
        <source>rounding</source>
        <translation>Runden</translation>
    </message>
    <message>
        <source>divergence</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>rotation</source>
        <translation>Drehung</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Losses of the selected layer&apos;s training</source>
        <translation>Verluste des Trainings der gewählten Schicht</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Losses of the passes over the whole model</source>
        <translation>Verluste der Durchgänge über das ganze Modell</translation>
    </message>
    <message>
        <source>Nothing shown here was trained: the stages train, tune, learn-rotation and a learned round leave their losses.</source>
        <translation>Nichts hiervon wurde trainiert: train, tune, learn-rotation und gelerntes Runden hinterlassen ihre Verluste.</translation>
    </message>
    <message>
        <source>No pass over the whole model yet (tune, learn-rotation).</source>
        <translation>Noch kein Durchgang über das ganze Modell (tune, learn-rotation).</translation>
    </message>
    <message>
        <source>Layer %1 has not been trained yet.</source>
        <translation>Schicht %1 wurde noch nicht trainiert.</translation>
    </message>
    <message>
        <source>passes over the model, loss ÷ that of the first step</source>
        <translation>Durchgänge über das Modell, Verlust ÷ dem des ersten Schritts</translation>
    </message>
    <message>
        <source>layer %1, loss ÷ that of the first step</source>
        <translation>Schicht %1, Verlust ÷ dem des ersten Schritts</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Loss ÷ first</source>
        <translation>Verlust ÷ erster</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
</context>
<context>
    <name>batlab::views::VariantChooser</name>
    <message>
        <source>Choose which variants are shown</source>
        <translation>Wählen, welche Varianten gezeigt werden</translation>
    </message>
    <message>
        <source>Shown variants</source>
        <translation>Gezeigte Varianten</translation>
    </message>
    <message>
        <source>All %1 variants</source>
        <translation>Alle %1 Varianten</translation>
    </message>
    <message>
        <source>%1 of %2 variants</source>
        <translation>%1 von %2 Varianten</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show none</source>
        <translation>Keine zeigen</translation>
    </message>
    <message>
        <source>Add session for comparison…</source>
        <translation>Sitzung zum Vergleich…</translation>
    </message>
    <message>
        <source>Remove session %1</source>
        <translation>Sitzung %1 entfernen</translation>
    </message>
</context>
<context>
    <name>batlab::views::WelcomePage</name>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>Clear list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>What is here</source>
        <translation>Was hier ist</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>The theme the desktop asks for</source>
        <translation>Die Farben, die der Schreibtisch verlangt</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>Helle Farben</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>Dunkle Farben</translation>
    </message>
    <message>
        <source>Batlab %1</source>
        <translation>Batlab %1</translation>
    </message>
    <message>
        <source>Batlab</source>
        <translation>Batlab</translation>
    </message>
    <message>
        <source>MXFP4 quantization workbench: see, compare, evaluate</source>
        <translation>Werkbank für MXFP4: sehen, vergleichen, bewerten</translation>
    </message>
    <message>
        <source>Run the demo on SmolLM2-135M</source>
        <translation>Demo auf SmolLM2-135M starten</translation>
    </message>
    <message>
        <source>Calibrates five methods on the demo model and compares them</source>
        <translation>Kalibriert fünf Verfahren auf dem Demo-Modell und vergleicht sie</translation>
    </message>
    <message>
        <source>Open model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Open session…</source>
        <translation>Sitzung öffnen…</translation>
    </message>
    <message>
        <source>Open a session file</source>
        <translation>Eine Sitzungsdatei öffnen</translation>
    </message>
    <message>
        <source>or drop a model folder, GGUF or session</source>
        <translation>oder Modellordner, GGUF oder Sitzung hierher ziehen</translation>
    </message>
    <message>
        <source>Pages and their questions</source>
        <translation>Seiten und ihre Fragen</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>which blocks carry the outliers</source>
        <translation>welche Blöcke die Ausreißer tragen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>which transform helps, and where</source>
        <translation>welche Transformation hilft, und wo</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>is it good enough, with intervals</source>
        <translation>ist es gut genug, mit Intervallen</translation>
    </message>
    <message>
        <source>file moved</source>
        <translation>Datei verschoben</translation>
    </message>
    <message>
        <source>Nothing opened yet. The demo makes a first session.</source>
        <translation>Noch nichts geöffnet. Die Demo macht eine erste Sitzung.</translation>
    </message>
    <message>
        <source>Open a GGUF file or a file of a model folder</source>
        <translation>Eine GGUF-Datei oder eine Datei eines Modellordners öffnen</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen…</translation>
    </message>
    <message>
        <source>Open a model folder with config.json and safetensors</source>
        <translation>Einen Modellordner mit config.json und Safetensors öffnen</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>High contrast theme</source>
        <translation>Farben mit hohem Kontrast</translation>
    </message>
    <message>
        <source>Ablate</source>
        <translation>Ablation</translation>
    </message>
    <message>
        <source>what if a parameter were different</source>
        <translation>was wäre, wenn ein Parameter anders wäre</translation>
    </message>
    <message>
        <source>First look: a sample session in seconds</source>
        <translation>Erster Blick: Beispielsitzung in Sekunden</translation>
    </message>
    <message>
        <source>RTN and block Hadamard on a few tokens of the demo model. It shows how the pages work; its numbers mean little.</source>
        <translation>RTN und Block-Hadamard auf wenigen Tokens des Demo-Modells. Es zeigt, wie die Seiten arbeiten; die Zahlen sagen wenig.</translation>
    </message>
</context>
<context>
    <name>batlab::views::WhatIfForm</name>
    <message>
        <source>Transform</source>
        <translation>Transformation</translation>
    </message>
    <message>
        <source>Diagonal and order</source>
        <translation>Diagonale und Reihenfolge</translation>
    </message>
    <message>
        <source>Clipping</source>
        <translation>Kappung</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation>Rotation</translation>
    </message>
    <message>
        <source>Low-rank branch</source>
        <translation>Zweig kleinen Rangs</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Rounding of weights</source>
        <translation>Rundung der Gewichte</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>Erholung</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Speicher</translation>
    </message>
    <message>
        <source>Tuning of the model</source>
        <translation>Abstimmung des Modells</translation>
    </message>
    <message>
        <source>Learned rotation</source>
        <translation>Gelernte Rotation</translation>
    </message>
    <message>
        <source>What if</source>
        <translation>Was wäre, wenn</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Queue as run…</source>
        <translation>Als Lauf einreihen…</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>Als Befehl kopieren</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Beginnen mit</translation>
    </message>
    <message>
        <source>The variant or preset whose parameters are changed</source>
        <translation>Die Variante oder Vorlage, deren Parameter geändert werden</translation>
    </message>
    <message>
        <source>Show what differs, then queue it as a run</source>
        <translation>Zeigen, was sich unterscheidet, dann als Lauf einreihen</translation>
    </message>
    <message>
        <source>Copy the batlab-cli line that computes it</source>
        <translation>Die batlab-cli-Zeile kopieren, die es berechnet</translation>
    </message>
    <message>
        <source>Preset %1</source>
        <translation>Vorlage %1</translation>
    </message>
    <message>
        <source>Add a stage…</source>
        <translation>Stufe hinzufügen…</translation>
    </message>
    <message>
        <source>Section %1</source>
        <translation>Abschnitt %1</translation>
    </message>
    <message>
        <source>Show or hide these parameters</source>
        <translation>Diese Parameter ein- oder ausblenden</translation>
    </message>
    <message>
        <source>applies when queued</source>
        <translation>gilt, wenn eingereiht</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message>
        <source>More…</source>
        <translation>Mehr…</translation>
    </message>
    <message>
        <source>More parameters of %1</source>
        <translation>Mehr Parameter von %1</translation>
    </message>
    <message>
        <source>as %1</source>
        <translation>als %1</translation>
    </message>
    <message>
        <source>%1 changed, from %2</source>
        <translation>%1 geändert, von %2</translation>
    </message>
    <message>
        <source>Scores use %1 cached tokens of layer %2 and weights rounded to nearest: a proxy.</source>
        <translation>Wertungen nehmen %1 gemerkte Token von Schicht %2 und auf den nächsten Wert gerundete Gewichte: eine Näherung.</translation>
    </message>
    <message>
        <source>Fewer</source>
        <translation>Weniger</translation>
    </message>
    <message>
        <source>Refinement of codes</source>
        <translation>Verfeinerung der Codes</translation>
    </message>
</context>
<context>
    <name>batlab::views::WhatIfHistoryModel</name>
    <message>
        <source>undone</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Δ dB</source>
        <translation>Δ dB</translation>
    </message>
    <message>
        <source>SQNR, dB</source>
        <translation>SQNR, dB</translation>
    </message>
</context>
<context>
    <name>batlab::views::WhatIfHistoryPanel</name>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Pin what-if</source>
        <translation>Anheften</translation>
    </message>
    <message>
        <source>Compare with baseline</source>
        <translation>Mit dem Bezug vergleichen</translation>
    </message>
    <message>
        <source>Steps of the what-if</source>
        <translation>Schritte des Was-wäre-wenn</translation>
    </message>
    <message>
        <source>Compare every number with the what-if as it is now</source>
        <translation>Jede Zahl mit dem Was-wäre-wenn vergleichen, wie es jetzt ist</translation>
    </message>
    <message>
        <source>Compare every number with the pinned baseline again</source>
        <translation>Jede Zahl wieder mit dem Bezug vergleichen</translation>
    </message>
    <message>
        <source>output SQNR after each step, dB</source>
        <translation>Ausgangs-SQNR nach jedem Schritt, dB</translation>
    </message>
</context>
<context>
    <name>batlab::views::WhatIfMetrics</name>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>Output SQNR</source>
        <translation>Ausgangs-SQNR</translation>
    </message>
    <message>
        <source>Mean over the seven linears of the layer</source>
        <translation>Mittel über die sieben Linearen der Schicht</translation>
    </message>
    <message>
        <source>Output MSE</source>
        <translation>Ausgangs-MSE</translation>
    </message>
    <message>
        <source>Squared error of the linears&apos; outputs; Δ is relative</source>
        <translation>Quadratischer Fehler der Ausgänge der Linearen; Δ ist relativ</translation>
    </message>
    <message>
        <source>Output SQNR, %1</source>
        <translation>Ausgangs-SQNR, %1</translation>
    </message>
    <message>
        <source>Of the linears that read the site</source>
        <translation>Der Linearen, die die Stelle lesen</translation>
    </message>
    <message>
        <source>Input SQNR, %1</source>
        <translation>Eingangs-SQNR, %1</translation>
    </message>
    <message>
        <source>Of the activation quantizer at the site</source>
        <translation>Des Aktivierungsquantisierers an der Stelle</translation>
    </message>
    <message>
        <source>Clipped values</source>
        <translation>Gekappte Werte</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Share beyond the largest code</source>
        <translation>Anteil jenseits des größten Codes</translation>
    </message>
    <message>
        <source>Values at code 0</source>
        <translation>Werte auf Code 0</translation>
    </message>
    <message>
        <source>Share rounded to zero</source>
        <translation>Anteil, der auf null gerundet wird</translation>
    </message>
    <message>
        <source>Code entropy</source>
        <translation>Entropie der Codes</translation>
    </message>
    <message>
        <source>of 4 bit</source>
        <translation>von 4 Bit</translation>
    </message>
    <message>
        <source>How evenly the 16 codes are used</source>
        <translation>Wie gleichmäßig die 16 Codes gebraucht werden</translation>
    </message>
    <message>
        <source>Bimodality, worst block</source>
        <translation>Zweigipfligkeit, schlimmster Block</translation>
    </message>
    <message>
        <source>BC</source>
        <translation>BC</translation>
    </message>
    <message>
        <source>Sarle&apos;s coefficient; 0.555 is uniform</source>
        <translation>Sarles Koeffizient; 0,555 ist eine Gleichverteilung</translation>
    </message>
    <message>
        <source>Condition of P</source>
        <translation>Kondition von P</translation>
    </message>
    <message>
        <source>κ</source>
        <translation>κ</translation>
    </message>
    <message>
        <source>Of the online transform at the site</source>
        <translation>Der Online-Transformation an der Stelle</translation>
    </message>
    <message>
        <source>no difference</source>
        <translation>kein Unterschied</translation>
    </message>
    <message>
        <source>better</source>
        <translation>besser</translation>
    </message>
    <message>
        <source>worse</source>
        <translation>schlechter</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>Angeheftet</translation>
    </message>
    <message>
        <source>Pinned %1</source>
        <translation>Angeheftet %1</translation>
    </message>
    <message>
        <source>What if</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Δ</source>
        <translation>Δ</translation>
    </message>
    <message>
        <source>worse · better</source>
        <translation>schlecht · gut</translation>
    </message>
</context>
<context>
    <name>batlab::views::WhatIfModel</name>
    <message>
        <source>Add stage %1</source>
        <translation>Stufe %1 hinzufügen</translation>
    </message>
    <message>
        <source>Remove stage %1</source>
        <translation>Stufe %1 entfernen</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>%1: %2 → %3</source>
        <translation>%1: %2 → %3</translation>
    </message>
    <message>
        <source>go to step %1</source>
        <translation>zu Schritt %1</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>pin the what-if</source>
        <translation>das Was-wäre-wenn anheften</translation>
    </message>
    <message>
        <source>compare with the baseline</source>
        <translation>mit dem Bezug vergleichen</translation>
    </message>
    <message>
        <source>Opened %1</source>
        <translation>%1 geöffnet</translation>
    </message>
    <message>
        <source>From the session</source>
        <translation>Aus der Sitzung</translation>
    </message>
</context>
<context>
    <name>batlab::views::WhatIfSweep</name>
    <message>
        <source>There is nothing to sweep over yet</source>
        <translation>Noch nichts für eine Reihe da</translation>
    </message>
    <message>
        <source>%1 stands on two axes</source>
        <translation>%1 steht auf zwei Achsen</translation>
    </message>
    <message>
        <source>%1 cells are more than %2</source>
        <translation>%1 Zellen sind mehr als %2</translation>
    </message>
    <message>
        <source>Name fewer values.</source>
        <translation>Bitte weniger Werte nennen.</translation>
    </message>
    <message>
        <source>Cell: %1</source>
        <translation>Zelle: %1</translation>
    </message>
    <message>
        <source>g1 × g2</source>
        <translation>g1 × g2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>batlab::views::WindowsModel</name>
    <message>
        <source>Mean negative log likelihood of the baseline, nat a token</source>
        <translation>Mittlere negative Log-Likelihood des Bezugs, nat je Token</translation>
    </message>
    <message>
        <source>The same of the selected variant</source>
        <translation>Dasselbe der gewählten Variante</translation>
    </message>
    <message>
        <source>Selected variant minus baseline; above 0 is worse</source>
        <translation>Gewählte Variante minus Bezug; über 0 ist schlechter</translation>
    </message>
    <message>
        <source>Mean KL divergence from the reference, nat a token</source>
        <translation>Mittlere KL-Divergenz von der Referenz, nat je Token</translation>
    </message>
    <message>
        <source>Number of the window in the text</source>
        <translation>Nummer des Fensters im Text</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Base, nat</source>
        <translation>Bezug, nat</translation>
    </message>
    <message>
        <source>NLL, nat</source>
        <translation>NLL, nat</translation>
    </message>
    <message>
        <source>Δ NLL, nat</source>
        <translation>Δ NLL, nat</translation>
    </message>
    <message>
        <source>KLD, nat</source>
        <translation>KLD, nat</translation>
    </message>
    <message>
        <source>KL divergence of the selected variant minus the baseline&apos;s, window by window; above 0 is worse</source>
        <translation>KL-Divergenz der gewählten Variante minus die des Bezugs, Fenster für Fenster; über 0 ist schlechter</translation>
    </message>
    <message>
        <source>Δ KLD, nat</source>
        <translation>Δ KLD, nat</translation>
    </message>
</context>
<context>
    <name>batlab::views::WindowsPanel</name>
    <message>
        <source>Windows</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Δ NLL by window</source>
        <translation>Δ NLL je Fenster</translation>
    </message>
    <message>
        <source>No two evaluations on the same windows yet.</source>
        <translation>Noch keine zwei Bewertungen auf denselben Fenstern.</translation>
    </message>
    <message>
        <source>%1 against %2, %3: worse in %4 of %5 windows, mean Δ %6 nat</source>
        <translation>%1 gegen %2, %3: schlechter in %4 von %5 Fenstern, mittleres Δ %6 nat</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Δ NLL, nat</source>
        <translation>Δ NLL, nat</translation>
    </message>
    <message>
        <source>window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>nat</source>
        <translation>nat</translation>
    </message>
</context>
<context>
    <name>batlab::views::WorkbenchDocument</name>
    <message>
        <source>Untitled session</source>
        <translation>Unbenannte Sitzung</translation>
    </message>
    <message>
        <source>pin %1</source>
        <translation>%1 heften</translation>
    </message>
    <message>
        <source>%1: %2 has %3, %4 has %5</source>
        <translation>%1: %2 hat %3, %4 hat %5</translation>
    </message>
    <message>
        <source>W+A %1</source>
        <translation>W+A %1</translation>
    </message>
    <message>
        <source>W %1, A %2</source>
        <translation>W %1, A %2</translation>
    </message>
    <message>
        <source>ties %1</source>
        <translation>Gleichstand %1</translation>
    </message>
    <message>
        <source>BF16 reference</source>
        <translation>BF16-Referenz</translation>
    </message>
    <message>
        <source>change the notes</source>
        <translation>Notizen ändern</translation>
    </message>
    <message>
        <source>locate the model</source>
        <translation>Modell suchen</translation>
    </message>
    <message>
        <source>± half of the 95 % interval; recovery: mean over the row&apos;s tasks, % of the full-precision model</source>
        <translation>± halbes 95-%-Intervall; Erholung: Mittel über die Aufgaben der Zeile, % des Modells in voller Genauigkeit</translation>
    </message>
    <message>
        <source>L lossless, drop ≤ 1 %; F fair, 1–3 %; R risky, ≥ 3 %</source>
        <translation>L verlustfrei, Abfall ≤ 1 %; F mäßig, 1–3 %; R riskant, ≥ 3 %</translation>
    </message>
    <message>
        <source>▼ worse, ▲ better than %1, p &lt; 0.05 (perplexity: paired bootstrap over windows; accuracy: McNemar; Holm over the table); n.s. not significant</source>
        <translation>▼ schlechter, ▲ besser als %1, p &lt; 0,05 (Perplexität: gepaarter Bootstrap über Fenster; Trefferquote: McNemar; Holm über die Tabelle); n.s. nicht signifikant</translation>
    </message>
    <message>
        <source>† %1: the reference lies within its interval of chance (%2 %)</source>
        <translation>† %1: die Referenz liegt in ihrem Zufallsintervall (%2 %)</translation>
    </message>
    <message>
        <source>‡ %1: which way is better is not known, so nothing is compared</source>
        <translation>‡ %1: unbekannt, welche Richtung besser ist, darum wird nichts verglichen</translation>
    </message>
    <message>
        <source>%1 seeds</source>
        <translation>%1 Startwerte</translation>
    </message>
</context>
<context>
    <name>batlab::views::measure</name>
    <message>
        <source>block %1 holds %2 % of the site&apos;s energy, %3 blocks share the rest</source>
        <translation>Block %1 hält %2 % der Energie der Stelle, %3 Blöcke teilen sich den Rest</translation>
    </message>
    <message>
        <source>block %1 has %2 times the median block&apos;s energy</source>
        <translation>Block %1 hat das %2-Fache der mittleren Blockenergie (Median)</translation>
    </message>
    <message>
        <source>%1 % of block %2 lies beyond the largest code, %3 % of the site</source>
        <translation>%1 % von Block %2 liegen jenseits des größten Codes, %3 % der Stelle</translation>
    </message>
    <message>
        <source>%1 % of the blocks are bimodal after the transform, %2 % before</source>
        <translation>%1 % der Blöcke sind nach der Transformation zweigipflig, %2 % davor</translation>
    </message>
    <message>
        <source>the online transform has condition number %1: its inverse, fused into the weights, may amplify their rounding as much</source>
        <translation>die Online-Transformation hat die Konditionszahl %1: ihre Inverse, in die Gewichte gefaltet, kann deren Rundung ebenso verstärken</translation>
    </message>
    <message>
        <source>the transform moves %1 % of the energy of block %2, the loudest, into %3 others</source>
        <translation>die Transformation trägt %1 % der Energie von Block %2, des lautesten, in %3 andere</translation>
    </message>
    <message>
        <source>output SQNR %1 dB, %2 dB under its neighbours</source>
        <translation>Ausgangs-SQNR %1 dB, %2 dB unter den Nachbarn</translation>
    </message>
    <message>
        <source>the error of the layer&apos;s output has %1 % of its energy</source>
        <translation>der Fehler des Ausgangs der Schicht hat %1 % von dessen Energie</translation>
    </message>
    <message>
        <source>mean output SQNR %1 dB, worse than %2 with %3 dB</source>
        <translation>mittlere Ausgangs-SQNR %1 dB, schlechter als %2 mit %3 dB</translation>
    </message>
    <message>
        <source>perplexity %1 on %2, above %3 with %4</source>
        <translation>Perplexität %1 auf %2, über %3 mit %4</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>gescheitert: %1</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>unknown scale rule &apos;%1&apos;</source>
        <translation>unbekannte Skalenregel „%1“</translation>
    </message>
    <message>
        <source>unknown tie mode &apos;%1&apos;</source>
        <translation>unbekannte Rundung der Mitten „%1“</translation>
    </message>
    <message>
        <source>a recipe needs a pass</source>
        <translation>ein Rezept braucht einen Durchgang</translation>
    </message>
    <message>
        <source>The least is one layer pass with a round stage.</source>
        <translation>Das Mindeste ist ein Schichtdurchgang mit einer Stufe round.</translation>
    </message>
    <message>
        <source>no pass works layer by layer</source>
        <translation>kein Durchgang arbeitet Schicht um Schicht</translation>
    </message>
    <message>
        <source>Add one; the least is one layer pass with a round stage.</source>
        <translation>Einen hinzufügen; das Mindeste ist ein Schichtdurchgang mit einer Stufe round.</translation>
    </message>
    <message>
        <source>stage &apos;%1&apos; does not belong in a pass of scope %2</source>
        <translation>die Stufe „%1“ gehört nicht in einen Durchgang mit scope %2</translation>
    </message>
    <message>
        <source>Put it into a pass of its own: - {scope: model, stages: [...]}.</source>
        <translation>In einen eigenen Durchgang stellen: - {scope: model, stages: [...]}.</translation>
    </message>
    <message>
        <source>Put it into the first pass, which works layer by layer.</source>
        <translation>In den ersten Durchgang stellen, der Schicht um Schicht arbeitet.</translation>
    </message>
    <message>
        <source>there are two layer passes</source>
        <translation>es gibt zwei Schichtdurchgänge</translation>
    </message>
    <message>
        <source>The first one has already rounded the weights: put all stages into one pass.</source>
        <translation>Der erste hat die Gewichte schon gerundet: alle Stufen in einen Durchgang stellen.</translation>
    </message>
    <message>
        <source>stage &apos;%1&apos; comes twice</source>
        <translation>die Stufe „%1“ kommt zweimal vor</translation>
    </message>
    <message>
        <source>Keep one of them.</source>
        <translation>Nur eine davon behalten.</translation>
    </message>
    <message>
        <source>stage &apos;%1&apos; comes after &apos;%2&apos;</source>
        <translation>die Stufe „%1“ steht nach „%2“</translation>
    </message>
    <message>
        <source>The order is %1: later stages see what earlier ones made.</source>
        <translation>Die Reihenfolge ist %1: spätere Stufen sehen, was frühere gemacht haben.</translation>
    </message>
    <message>
        <source>the last stage must be &apos;round&apos;</source>
        <translation>die letzte Stufe muss „round“ sein</translation>
    </message>
    <message>
        <source>Without it the weights stay unquantized: add - round: {kind: rtn}.</source>
        <translation>Ohne sie bleiben die Gewichte unquantisiert: - round: {kind: rtn} hinzufügen.</translation>
    </message>
    <message>
        <source>the mixed stream needs a train stage</source>
        <translation>der Strom mixed braucht eine Stufe train</translation>
    </message>
    <message>
        <source>Without training use fp or quantized.</source>
        <translation>Ohne Training fp oder quantized nehmen.</translation>
    </message>
    <message>
        <source>a model pass holds one tune or one learn-rotation stage</source>
        <translation>ein Modelldurchgang enthält eine Stufe tune oder eine Stufe learn-rotation</translation>
    </message>
    <message>
        <source>rotations are learned before the layer pass, which fuses them</source>
        <translation>Drehungen werden vor dem Schichtdurchgang gelernt, der sie einrechnet</translation>
    </message>
    <message>
        <source>Put the pass with learn-rotation first.</source>
        <translation>Den Durchgang mit learn-rotation an den Anfang stellen.</translation>
    </message>
    <message>
        <source>a tune stage needs layers that are solved</source>
        <translation>eine Stufe tune braucht gelöste Schichten</translation>
    </message>
    <message>
        <source>Put the layer pass before it.</source>
        <translation>Den Schichtdurchgang davor stellen.</translation>
    </message>
    <message>
        <source>there are two model passes with a tune stage</source>
        <translation>es gibt zwei Modelldurchgänge mit einer Stufe tune</translation>
    </message>
    <message>
        <source>there is no rotation to learn</source>
        <translation>es gibt keine Drehung zu lernen</translation>
    </message>
    <message>
        <source>The rotate stage says which rotations there are, where they start and fuses them: add - rotate: {residual: hadamard, values: hadamard}, or drop the learn-rotation stage.</source>
        <translation>Die Stufe rotate sagt, welche Drehungen es gibt und wo sie beginnen, und rechnet sie ein: - rotate: {residual: hadamard, values: hadamard} hinzufügen oder die Stufe learn-rotation weglassen.</translation>
    </message>
    <message>
        <source>a residual rotation of kind %1 has no blocks</source>
        <translation>eine Drehung des Residualstroms der Art %1 hat keine Blöcke</translation>
    </message>
    <message>
        <source>Use rotate.residual: block-hadamard, or learn-rotation.blocks: shared.</source>
        <translation>rotate.residual: block-hadamard oder learn-rotation.blocks: shared nehmen.</translation>
    </message>
    <message>
        <source>rotations are learned before the %1 transform is made, so they would be learned for another network</source>
        <translation>Drehungen werden gelernt, bevor die Transformation %1 entsteht, also für ein anderes Netz</translation>
    </message>
    <message>
        <source>Use transform.kind: hadamard or none, or drop the learn-rotation stage.</source>
        <translation>transform.kind: hadamard oder none nehmen, oder die Stufe learn-rotation weglassen.</translation>
    </message>
    <message>
        <source>rotations are learned before channels are scaled or permuted, so they would be learned for another network</source>
        <translation>Drehungen werden gelernt, bevor Kanäle skaliert oder vertauscht werden, also für ein anderes Netz</translation>
    </message>
    <message>
        <source>Drop the fold stage or the learn-rotation stage.</source>
        <translation>Die Stufe fold oder die Stufe learn-rotation weglassen.</translation>
    </message>
    <message>
        <source>rotations are learned before the cache&apos;s block transforms are made</source>
        <translation>Drehungen werden gelernt, bevor die Blocktransformationen des Caches entstehen</translation>
    </message>
    <message>
        <source>Use hadamard, hadamard-head or none for kv.keys and kv.values.</source>
        <translation>Für kv.keys und kv.values hadamard, hadamard-head oder none nehmen.</translation>
    </message>
    <message>
        <source>the heads of V are rotated by rotate.values already</source>
        <translation>rotate.values dreht die Köpfe von V schon</translation>
    </message>
    <message>
        <source>Use kv.values: none, or rotate.values: none.</source>
        <translation>kv.values: none oder rotate.values: none nehmen.</translation>
    </message>
    <message>
        <source>names nothing to train</source>
        <translation>nennt nichts, was zu trainieren wäre</translation>
    </message>
    <message>
        <source>Name at least one of factors, biases, norms, gains, branch, clips; or drop the tune stage.</source>
        <translation>Mindestens eines von factors, biases, norms, gains, branch, clips nennen oder die Stufe tune weglassen.</translation>
    </message>
    <message>
        <source>the recipe has none of the groups named</source>
        <translation>das Rezept hat keine der genannten Gruppen</translation>
    </message>
    <message>
        <source>learned rounding does not run the low-rank branch in its loop</source>
        <translation>gelerntes Runden rechnet den Zweig niedrigen Rangs in seiner Schleife nicht mit</translation>
    </message>
    <message>
        <source>Use round.kind: gptq, or drop the branch stage.</source>
        <translation>round.kind: gptq nehmen oder die Stufe branch weglassen.</translation>
    </message>
    <message>
        <source>the asymmetric target replaces the whole weight, of which the branch holds a part</source>
        <translation>das asymmetrische Ziel ersetzt das ganze Gewicht, von dem der Zweig einen Teil trägt</translation>
    </message>
    <message>
        <source>Use round.target: plain, or drop the branch stage.</source>
        <translation>round.target: plain nehmen oder die Stufe branch weglassen.</translation>
    </message>
    <message>
        <source>drop the stage</source>
        <translation>die Stufe weglassen</translation>
    </message>
    <message>
        <source>a clip shrinks the maxima that block scales come from, which the refinement takes as they are</source>
        <translation>Beschneiden verkleinert die Maxima, aus denen die Blockskalen folgen; die Verfeinerung nimmt sie, wie sie sind</translation>
    </message>
    <message>
        <source>Use clip.activations: none, or drop the refine stage.</source>
        <translation>clip.activations: none nehmen oder die Stufe refine weglassen.</translation>
    </message>
    <message>
        <source>names nothing to correct</source>
        <translation>nennt nichts, was zu berichtigen wäre</translation>
    </message>
    <message>
        <source>Name values, gates or both, or drop the recover stage.</source>
        <translation>values, gates oder beide nennen, oder die Stufe recover weglassen.</translation>
    </message>
    <message>
        <source>gains scale the product of the codes, of which the branch is not part</source>
        <translation>Verstärkungen skalieren das Produkt der Codes, zu dem der Zweig nicht gehört</translation>
    </message>
    <message>
        <source>Drop the branch stage or the recover stage.</source>
        <translation>Die Stufe branch oder die Stufe recover weglassen.</translation>
    </message>
    <message>
        <source>names no site</source>
        <translation>nennt keine Stelle</translation>
    </message>
    <message>
        <source>Name at least one of T1, T2, T3, T4, or %1.</source>
        <translation>Mindestens eine von T1, T2, T3, T4 nennen, oder %1.</translation>
    </message>
    <message>
        <source>%1 x %2 is no block of this transform</source>
        <translation>%1 x %2 ist kein Block dieser Transformation</translation>
    </message>
    <message>
        <source>Both must be powers of two, and g1*g2 must be 16, 32, 64 or 128, so that blocks of 32 divide or are divided by it.</source>
        <translation>Beide müssen Zweierpotenzen sein, und g1*g2 muss 16, 32, 64 oder 128 sein, damit Blöcke von 32 es teilen oder davon geteilt werden.</translation>
    </message>
    <message>
        <source>set diagonal: none and permutation: none</source>
        <translation>diagonal: none und permutation: none setzen</translation>
    </message>
    <message>
        <source>no chosen site can be permuted</source>
        <translation>keine gewählte Stelle lässt sich vertauschen</translation>
    </message>
    <message>
        <source>T1 and T3 share the residual stream&apos;s order: add T2 or T4 to fold.sites, or set permutation: none.</source>
        <translation>T1 und T3 teilen die Reihenfolge des Residualstroms: T2 oder T4 zu fold.sites nehmen oder permutation: none setzen.</translation>
    </message>
    <message>
        <source>set kind: none</source>
        <translation>kind: none setzen</translation>
    </message>
    <message>
        <source>a dense transform over the whole width costs a GEMM</source>
        <translation>eine dichte Transformation über die ganze Breite kostet ein GEMM</translation>
    </message>
    <message>
        <source>Use size: 16, 32, 64 or 128, or kind: kronecker.</source>
        <translation>size: 16, 32, 64 oder 128 nehmen, oder kind: kronecker.</translation>
    </message>
    <message>
        <source>%1 gives a dense matrix for every block</source>
        <translation>%1 gibt eine dichte Matrix für jeden Block</translation>
    </message>
    <message>
        <source>Use kind: dense, or another start.</source>
        <translation>kind: dense oder einen anderen Anfang nehmen.</translation>
    </message>
    <message>
        <source>there is no closed form over the whole width</source>
        <translation>über die ganze Breite gibt es keine geschlossene Form</translation>
    </message>
    <message>
        <source>Use init: random-orthogonal, hadamard or identity, or kind: gpk or dense.</source>
        <translation>init: random-orthogonal, hadamard oder identity nehmen, oder kind: gpk oder dense.</translation>
    </message>
    <message>
        <source>an orthogonal transform cannot start from the %1</source>
        <translation>eine orthogonale Transformation kann hier nicht beginnen: %1</translation>
    </message>
    <message>
        <source>HiRes geometry</source>
        <translation>HiRes-Geometrie</translation>
    </message>
    <message>
        <source>closed form</source>
        <translation>geschlossene Form</translation>
    </message>
    <message>
        <source>Its factors are not orthogonal (they equalise second moments): use init: hadamard or parametrization: affine.</source>
        <translation>Ihre Faktoren sind nicht orthogonal (sie gleichen zweite Momente an): init: hadamard oder parametrization: affine nehmen.</translation>
    </message>
    <message>
        <source>a condition number is never below 1 (found %1)</source>
        <translation>eine Konditionszahl liegt nie unter 1 (gefunden: %1)</translation>
    </message>
    <message>
        <source>Use 0 for no cap, or a value such as 8.</source>
        <translation>0 für keine Grenze nehmen, oder einen Wert wie 8.</translation>
    </message>
    <message>
        <source>rounding to nearest updates no weights</source>
        <translation>Runden auf den nächsten Code führt keine Gewichte nach</translation>
    </message>
    <message>
        <source>Dynamic scales need kind: gptq or babai; use scales: static.</source>
        <translation>Dynamische Skalen brauchen kind: gptq oder babai; sonst scales: static nehmen.</translation>
    </message>
    <message>
        <source>rounding to nearest has no feedback inside a block</source>
        <translation>Runden auf den nächsten Code hat keine Rückführung im Block</translation>
    </message>
    <message>
        <source>Use scaleSearch: hessian or mse, or kind: gptq or babai.</source>
        <translation>scaleSearch: hessian oder mse nehmen, oder kind: gptq oder babai.</translation>
    </message>
    <message>
        <source>there is no diagonal to train</source>
        <translation>es gibt keine Diagonale zu trainieren</translation>
    </message>
    <message>
        <source>Add a fold stage with a diagonal, or set train.trainDiagonal: false.</source>
        <translation>Eine Stufe fold mit einer Diagonale hinzufügen oder train.trainDiagonal: false setzen.</translation>
    </message>
    <message>
        <source>weight clips get no gradient when the training loop does not round weights</source>
        <translation>Beschneidungen der Gewichte bekommen keinen Gradienten, wenn das Training die Gewichte nicht rundet</translation>
    </message>
    <message>
        <source>Set train.weightsInLoop: rtn or clip.weights: none.</source>
        <translation>train.weightsInLoop: rtn oder clip.weights: none setzen.</translation>
    </message>
    <message>
        <source>there is nothing to train</source>
        <translation>es gibt nichts zu trainieren</translation>
    </message>
    <message>
        <source>Use transform.kind: gpk, dense or kronecker, a clip, or train.trainDiagonal: true; or drop the train stage.</source>
        <translation>transform.kind: gpk, dense oder kronecker, ein Beschneiden oder train.trainDiagonal: true nehmen, oder die Stufe train weglassen.</translation>
    </message>
    <message>
        <source>&apos;%1&apos;: %2</source>
        <translation>„%1“: %2</translation>
    </message>
    <message>
        <source>it names no format</source>
        <translation>nennt kein Format</translation>
    </message>
    <message>
        <source>Write such as T4:activations=mxfp8-e4m3 or layers 0-1:all:weights=none.</source>
        <translation>Etwa T4:activations=mxfp8-e4m3 oder layers 0-1:all:weights=none schreiben.</translation>
    </message>
    <message>
        <source>unknown format &apos;%1&apos;</source>
        <translation>unbekanntes Format „%1“</translation>
    </message>
    <message>
        <source>the layers are not understood</source>
        <translation>die Schichten sind nicht zu verstehen</translation>
    </message>
    <message>
        <source>Write layer 5: or layers 0-1: (counted from 0).</source>
        <translation>layer 5: oder layers 0-1: schreiben (gezählt ab 0).</translation>
    </message>
    <message>
        <source>it does not say weights, activations or cache</source>
        <translation>es sagt nicht weights, activations oder cache</translation>
    </message>
    <message>
        <source>Write TARGET:weights=FORMAT, TARGET:activations=FORMAT or TARGET:cache=FORMAT.</source>
        <translation>ZIEL:weights=FORMAT, ZIEL:activations=FORMAT oder ZIEL:cache=FORMAT schreiben.</translation>
    </message>
    <message>
        <source>unknown side &apos;%1&apos;</source>
        <translation>unbekannte Seite „%1“</translation>
    </message>
    <message>
        <source>unknown target &apos;%1&apos;</source>
        <translation>unbekanntes Ziel „%1“</translation>
    </message>
    <message>
        <source>%1 has no weights</source>
        <translation>%1 hat keine Gewichte</translation>
    </message>
    <message>
        <source>Write %1:cache=FORMAT.</source>
        <translation>%1:cache=FORMAT schreiben.</translation>
    </message>
    <message>
        <source>%1 is no input of a linear</source>
        <translation>%1 ist kein Eingang einer Linearschicht</translation>
    </message>
    <message>
        <source>activations belong to a site, not to a linear</source>
        <translation>Aktivierungen gehören zu einer Stelle, nicht zu einer Linearschicht</translation>
    </message>
    <message>
        <source>%1 reads %2: write %3:activations=FORMAT.</source>
        <translation>%1 liest %2: %3:activations=FORMAT schreiben.</translation>
    </message>
    <message>
        <source>%1 is not cached</source>
        <translation>%1 steht nicht im Cache</translation>
    </message>
    <message>
        <source>nvfp4 needs a factor of the whole tensor, which a cache does not have</source>
        <translation>nvfp4 braucht einen Faktor des ganzen Tensors, den ein Cache nicht hat</translation>
    </message>
    <message>
        <source>Use mxfp4 or an integer format.</source>
        <translation>mxfp4 oder ein ganzzahliges Format nehmen.</translation>
    </message>
    <message>
        <source>Did you mean &apos;%1&apos;? Allowed: %2.</source>
        <translation>Gemeint ist vielleicht „%1“. Erlaubt: %2.</translation>
    </message>
    <message>
        <source>Allowed: %1.</source>
        <translation>Erlaubt: %1.</translation>
    </message>
    <message>
        <source>Allowed: %1 to %2.</source>
        <translation>Erlaubt: %1 bis %2.</translation>
    </message>
    <message>
        <source>Allowed: %1 or more.</source>
        <translation>Erlaubt: %1 oder mehr.</translation>
    </message>
    <message>
        <source>Allowed: %1 or less.</source>
        <translation>Erlaubt: %1 oder weniger.</translation>
    </message>
    <message>
        <source>%1 is out of range</source>
        <translation>%1 liegt außerhalb des Bereichs</translation>
    </message>
    <message>
        <source>expected one of its names, found %1</source>
        <translation>erwartet ist einer seiner Namen, gefunden: %1</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is not allowed</source>
        <translation>„%1“ ist nicht erlaubt</translation>
    </message>
    <message>
        <source>expected true or false, found %1</source>
        <translation>erwartet ist true oder false, gefunden: %1</translation>
    </message>
    <message>
        <source>expected a whole number, found %1</source>
        <translation>erwartet ist eine ganze Zahl, gefunden: %1</translation>
    </message>
    <message>
        <source>expected a number, found %1</source>
        <translation>erwartet ist eine Zahl, gefunden: %1</translation>
    </message>
    <message>
        <source>expected a text of at most 4096 bytes, found %1</source>
        <translation>erwartet ist ein Text von höchstens 4096 Byte, gefunden: %1</translation>
    </message>
    <message>
        <source>the text is not valid UTF-8</source>
        <translation>der Text ist kein gültiges UTF-8</translation>
    </message>
    <message>
        <source>expected a list, found %1</source>
        <translation>erwartet ist eine Liste, gefunden: %1</translation>
    </message>
    <message>
        <source>expected short texts, found %1</source>
        <translation>erwartet sind kurze Texte, gefunden: %1</translation>
    </message>
    <message>
        <source>%1 comes twice</source>
        <translation>%1 kommt zweimal vor</translation>
    </message>
    <message>
        <source>protocol.windows: 0 windows score nothing</source>
        <translation>protocol.windows: 0 Fenster werten nichts</translation>
    </message>
    <message>
        <source>Use -1 for all, or evaluate: false.</source>
        <translation>-1 für alle nehmen, oder evaluate: false.</translation>
    </message>
    <message>
        <source>the error by site is a divergence on evaluation windows</source>
        <translation>der Fehler je Stelle ist eine Divergenz auf Bewertungsfenstern</translation>
    </message>
    <message>
        <source>Set evaluate: true, or analysis.errorBySite: false.</source>
        <translation>evaluate: true oder analysis.errorBySite: false setzen.</translation>
    </message>
    <message>
        <source>the calibration source is a file, but no file is named</source>
        <translation>die Kalibrierung soll aus einer Datei kommen, aber keine ist genannt</translation>
    </message>
    <message>
        <source>Set calibration.file.</source>
        <translation>calibration.file setzen.</translation>
    </message>
    <message>
        <source>variant &apos;%1&apos; trains on a text file, but no file is named</source>
        <translation>die Variante „%1“ trainiert auf einer Textdatei, aber keine ist genannt</translation>
    </message>
    <message>
        <source>Set calibration.file, or %1.text: self.</source>
        <translation>calibration.file oder %1.text: self setzen.</translation>
    </message>
    <message>
        <source>learned rounding needs block formats for all weights</source>
        <translation>gelerntes Runden braucht Blockformate für alle Gewichte</translation>
    </message>
    <message>
        <source>Use round.kind: gptq, or block formats without exceptions.</source>
        <translation>round.kind: gptq oder Blockformate ohne Ausnahmen nehmen.</translation>
    </message>
    <message>
        <source>Integer weights know round.kind rtn and gptq, round.scales static, round.scaleSearch none and clip.weights none or row.</source>
        <translation>Ganzzahlige Gewichte kennen round.kind rtn und gptq, round.scales static, round.scaleSearch none und clip.weights none oder row.</translation>
    </message>
    <message>
        <source>about %1 GB are needed in %2 and %3 GB are free</source>
        <translation>etwa %1 GB sind in %2 nötig, %3 GB sind frei</translation>
    </message>
    <message>
        <source>calibration.file: there is no text file &apos;%1&apos;</source>
        <translation>calibration.file: es gibt keine Textdatei „%1“</translation>
    </message>
    <message>
        <source>calibration.length %1 is beyond the model&apos;s %2 positions</source>
        <translation>calibration.length %1 geht über die %2 Positionen des Modells hinaus</translation>
    </message>
    <message>
        <source>protocol.windowLength %1 is beyond the model&apos;s %2 positions</source>
        <translation>protocol.windowLength %1 geht über die %2 Positionen des Modells hinaus</translation>
    </message>
    <message>
        <source>preflight needs a spec</source>
        <translation>die Vorprüfung braucht eine Laufbeschreibung</translation>
    </message>
    <message>
        <source>this engine does not know the question &apos;%1&apos;</source>
        <translation>diese Maschine kennt die Frage „%1“ nicht</translation>
    </message>
    <message>
        <source>Use a window and an engine of one version.</source>
        <translation>Fenster und Maschine derselben Version nehmen.</translation>
    </message>
    <message>
        <source>the first layer gives NaN or Inf on %1 tokens, first at %2</source>
        <translation>die erste Schicht gibt NaN oder Inf auf %1 Token, zuerst hier: %2</translation>
    </message>
    <message>
        <source>its output</source>
        <translation>ihr Ausgang</translation>
    </message>
    <message>
        <source>Check that the model file is whole and fits its configuration.</source>
        <translation>Prüfen, ob die Modelldatei vollständig ist und zu ihrer Konfiguration passt.</translation>
    </message>
    <message>
        <source>%1 (%2) is %3 wide, not a multiple of 32: its last block is padded with zeros</source>
        <translation>%1 (%2) ist %3 breit, kein Vielfaches von 32: der letzte Block wird mit Nullen aufgefüllt</translation>
    </message>
    <message>
        <source>the linears are stored as %1: their dequantized values are the full-precision reference</source>
        <translation>die Linearschichten sind als %1 gespeichert: ihre dequantisierten Werte sind die Referenz in voller Genauigkeit</translation>
    </message>
    <message>
        <source>embedding and head share one matrix: neither is quantized</source>
        <translation>Einbettung und Kopf teilen eine Matrix: keins von beiden wird quantisiert</translation>
    </message>
    <message>
        <source>%1 heads of %2 make T2 %3 wide while the model is %4 wide</source>
        <translation>%1 Köpfe zu %2 machen T2 %3 breit, während das Modell %4 breit ist</translation>
    </message>
    <message>
        <source>train.batch below %1, or a shorter train.length</source>
        <translation>train.batch unter %1 oder ein kürzeres train.length</translation>
    </message>
    <message>
        <source>a smaller batch or length of the stage that trains the whole model</source>
        <translation>ein kleinerer Stapel oder eine kürzere Länge der Stufe, die das ganze Modell trainiert</translation>
    </message>
    <message>
        <source>calibration.source: file, or fewer sequences (calibration.sequences, tune.sequences: all are sampled at once)</source>
        <translation>calibration.source: file oder weniger Sequenzen (calibration.sequences, tune.sequences: alle werden auf einmal erzeugt)</translation>
    </message>
    <message>
        <source>a shorter protocol.windowLength</source>
        <translation>ein kürzeres protocol.windowLength</translation>
    </message>
    <message>
        <source>the run needs about %1 GB on the GPU and %2 GB are free</source>
        <translation>der Lauf braucht etwa %1 GB auf der GPU, %2 GB sind frei</translation>
    </message>
    <message>
        <source>Use %1close other programs on the GPU, or use --device cpu.</source>
        <translation>Abhilfe: %1andere Programme auf der GPU schließen oder --device cpu.</translation>
    </message>
    <message>
        <source>the run needs about %1 GB of memory and %2 GB are free</source>
        <translation>der Lauf braucht etwa %1 GB Speicher, %2 GB sind frei</translation>
    </message>
    <message>
        <source>Use %1fewer calibration tokens, or close programs.</source>
        <translation>Abhilfe: %1weniger Kalibriertoken oder Programme schließen.</translation>
    </message>
    <message>
        <source>variant %1</source>
        <translation>Variante %1</translation>
    </message>
    <message>
        <source>variant %1, %2</source>
        <translation>Variante %1, %2</translation>
    </message>
    <message>
        <source>an override names layer %1, but the model has %2</source>
        <translation>eine Ausnahme nennt Schicht %1, aber das Modell hat %2</translation>
    </message>
    <message>
        <source>Layers are counted from 0 to %1.</source>
        <translation>Schichten werden von 0 bis %1 gezählt.</translation>
    </message>
    <message>
        <source>no Hadamard matrix over a head of %1 channels can be built</source>
        <translation>über einen Kopf von %1 Kanälen lässt sich keine Hadamard-Matrix bauen</translation>
    </message>
    <message>
        <source>Its order is 2^j times q + 1 or 2(q + 1) with a prime power q: use kv.%1: %2.</source>
        <translation>Ihre Ordnung ist 2^j mal q + 1 oder 2(q + 1) mit einer Primzahlpotenz q: kv.%1: %2 nehmen.</translation>
    </message>
    <message>
        <source>blocks of %1 channels do not divide heads of %2</source>
        <translation>Blöcke von %1 Kanälen teilen Köpfe von %2 nicht</translation>
    </message>
    <message>
        <source>Choose kv.g1 and kv.g2 so that g1*g2 divides head_dim, or none.</source>
        <translation>kv.g1 und kv.g2 so wählen, dass g1*g2 head_dim teilt, oder none.</translation>
    </message>
    <message>
        <source>Use kv.%1: none; the cache is quantized all the same, with a last block that is not whole.</source>
        <translation>kv.%1: none nehmen; der Cache wird trotzdem quantisiert, mit einem letzten Block, der nicht voll ist.</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no text this version knows</source>
        <translation>„%1“ ist kein Text, den diese Version kennt</translation>
    </message>
    <message>
        <source>Use one of %1, or the path of a UTF-8 text file.</source>
        <translation>Eines von %1 nehmen, oder den Pfad einer UTF-8-Textdatei.</translation>
    </message>
    <message>
        <source>the data file %1 is not there</source>
        <translation>die Datendatei %1 ist nicht da</translation>
    </message>
    <message>
        <source>looked in %1</source>
        <translation>gesucht in %1</translation>
    </message>
    <message>
        <source>Give its folder with --data or BATLAB_DATA_DIR.</source>
        <translation>Ihren Ordner mit --data oder BATLAB_DATA_DIR angeben.</translation>
    </message>
    <message>
        <source>there is no such model</source>
        <translation>dieses Modell gibt es nicht</translation>
    </message>
    <message>
        <source>Give &quot;demo&quot;, a folder with config.json and *.safetensors, or a .gguf file.</source>
        <translation>„demo“, einen Ordner mit config.json und *.safetensors oder eine .gguf-Datei angeben.</translation>
    </message>
    <message>
        <source>the demo model is not installed</source>
        <translation>das Demomodell ist nicht installiert</translation>
    </message>
    <message>
        <source>%1: not in the installation&apos;s share/batlab nor in a .deps folder above the program or the working folder</source>
        <translation>%1: weder in share/batlab der Installation noch in einem Ordner .deps über dem Programm oder dem Arbeitsordner</translation>
    </message>
    <message>
        <source>BATLAB_DEMO_MODEL names a file that does not exist</source>
        <translation>BATLAB_DEMO_MODEL nennt eine Datei, die es nicht gibt</translation>
    </message>
    <message>
        <source>Run packaging/run once (it fetches the demo model), or set BATLAB_DEMO_MODEL to the file, or give another model.</source>
        <translation>Einmal packaging/run ausführen (es holt das Demomodell), BATLAB_DEMO_MODEL auf die Datei setzen oder ein anderes Modell angeben.</translation>
    </message>
    <message>
        <source>there is no NVIDIA driver (libcuda.so.1)</source>
        <translation>es gibt keinen NVIDIA-Treiber (libcuda.so.1)</translation>
    </message>
    <message>
        <source>Install NVIDIA&apos;s driver 580 or newer (Debian, Ubuntu: `sudo apt install nvidia-driver`), restart, and see that `nvidia-smi` lists the GPU; or use --device cpu.</source>
        <translation>NVIDIAs Treiber 580 oder neuer installieren (Debian, Ubuntu: `sudo apt install nvidia-driver`), neu starten und sehen, ob `nvidia-smi` die GPU zeigt; oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>the NVIDIA driver supports CUDA %1, but %2 is needed</source>
        <translation>der NVIDIA-Treiber unterstützt CUDA %1, nötig ist %2</translation>
    </message>
    <message>
        <source>the NVIDIA driver sees no GPU</source>
        <translation>der NVIDIA-Treiber sieht keine GPU</translation>
    </message>
    <message>
        <source>See `nvidia-smi`; in a container, start it with the GPU (--gpus all), and look at CUDA_VISIBLE_DEVICES. Or use --device cpu.</source>
        <translation>`nvidia-smi` ansehen; einen Container mit der GPU starten (--gpus all) und CUDA_VISIBLE_DEVICES prüfen. Oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>the NVIDIA driver does not start: %1 (%2)</source>
        <translation>der NVIDIA-Treiber startet nicht: %1 (%2)</translation>
    </message>
    <message>
        <source>unknown error</source>
        <translation>unbekannter Fehler</translation>
    </message>
    <message>
        <source>Its kernel module and library may differ after an update: restart the machine. Or use --device cpu.</source>
        <translation>Kernelmodul und Bibliothek können sich nach einer Aktualisierung unterscheiden: den Rechner neu starten. Oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>there is no GPU %1</source>
        <translation>es gibt keine GPU %1</translation>
    </message>
    <message>
        <source>This machine has one: use --device cuda:0.</source>
        <translation>Dieser Rechner hat eine: --device cuda:0 nehmen.</translation>
    </message>
    <message>
        <source>This machine has %1: use --device cuda:0 to cuda:%2.</source>
        <translation>Dieser Rechner hat %1: --device cuda:0 bis cuda:%2 nehmen.</translation>
    </message>
    <message>
        <source>GPU %1 (%2) has compute capability %3.%4</source>
        <translation>GPU %1 (%2) hat Compute Capability %3.%4</translation>
    </message>
    <message>
        <source>%1.%2 or newer is needed (Ampere and later): use another GPU or --device cpu.</source>
        <translation>%1.%2 oder neuer ist nötig (ab Ampere): eine andere GPU oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>the CUDA libraries of libtorch cannot be loaded: %1</source>
        <translation>die CUDA-Bibliotheken von libtorch lassen sich nicht laden: %1</translation>
    </message>
    <message>
        <source>They belong to one installation: `pip install --force-reinstall torch==2.11.0`, or use --device cpu.</source>
        <translation>Sie gehören zu einer Installation: `pip install --force-reinstall torch==2.11.0`, oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>the CUDA library %1 is missing</source>
        <translation>die CUDA-Bibliothek %1 fehlt</translation>
    </message>
    <message>
        <source>`pip install %1` has it (`pip install torch==2.11.0` brings all); then set BATLAB_TORCH_DIR to its folder torch, or use --device cpu.</source>
        <translation>`pip install %1` bringt sie (`pip install torch==2.11.0` alle); dann BATLAB_TORCH_DIR auf deren Ordner torch setzen, oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>the library %1 is missing</source>
        <translation>die Bibliothek %1 fehlt</translation>
    </message>
    <message>
        <source>Install it, or use --device cpu.</source>
        <translation>Sie installieren, oder --device cpu nehmen.</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no device</source>
        <translation>„%1“ ist kein Gerät</translation>
    </message>
    <message>
        <source>Use cpu, cuda or cuda:N.</source>
        <translation>cpu, cuda oder cuda:N nehmen.</translation>
    </message>
    <message>
        <source>GPU %1 (%2) does not answer</source>
        <translation>GPU %1 (%2) antwortet nicht</translation>
    </message>
    <message>
        <source>Another program may hold it alone, or it has failed: see `nvidia-smi`.</source>
        <translation>Ein anderes Programm hält sie vielleicht allein, oder sie ist ausgefallen: `nvidia-smi` ansehen.</translation>
    </message>
    <message>
        <source>the CUDA plug-in is not there: %1</source>
        <translation>die CUDA-Erweiterung ist nicht da: %1</translation>
    </message>
    <message>
        <source>It is built where nvcc 13 and libtorch&apos;s CUDA libraries are found (packaging/setup cuda, then build); BATLAB_CUDA_PLUGIN names another place.</source>
        <translation>Sie wird gebaut, wo nvcc 13 und die CUDA-Bibliotheken von libtorch da sind (packaging/setup cuda, dann bauen); BATLAB_CUDA_PLUGIN nennt einen anderen Ort.</translation>
    </message>
    <message>
        <source>the CUDA plug-in is of another build of Batlab: %1</source>
        <translation>die CUDA-Erweiterung gehört zu einem anderen Stand von Batlab: %1</translation>
    </message>
    <message>
        <source>Build or install both together.</source>
        <translation>Beide zusammen bauen oder installieren.</translation>
    </message>
    <message>
        <source>the CUDA plug-in was built for libtorch %1, and this is %2</source>
        <translation>die CUDA-Erweiterung wurde für libtorch %1 gebaut, und dies ist %2</translation>
    </message>
    <message>
        <source>`pip install torch==%1`, and set BATLAB_TORCH_DIR to its folder torch.</source>
        <translation>`pip install torch==%1`, und BATLAB_TORCH_DIR auf deren Ordner torch setzen.</translation>
    </message>
    <message>
        <source>the file has no checksum of its own: it was changed by another program</source>
        <translation>die Datei hat keine eigene Prüfsumme: ein anderes Programm hat sie geändert</translation>
    </message>
    <message>
        <source>%1: unknown content &quot;%2&quot; is left out</source>
        <translation>%1: der unbekannte Inhalt „%2“ ist ausgelassen</translation>
    </message>
    <message>
        <source>%1: unknown rows &quot;%2&quot; are left out</source>
        <translation>%1: die unbekannten Zeilen „%2“ sind ausgelassen</translation>
    </message>
    <message>
        <source>the session was written by a newer Batlab (format %1); what this one does not know is not shown</source>
        <translation>die Sitzung stammt von einem neueren Batlab (Format %1); was dieses nicht kennt, ist nicht zu sehen</translation>
    </message>
    <message>
        <source>a newer Batlab wrote this session; saving it would lose what this one does not know</source>
        <translation>ein neueres Batlab hat diese Sitzung geschrieben; beim Speichern ginge verloren, was dieses nicht kennt</translation>
    </message>
    <message>
        <source>Choose another file, or use a newer Batlab. Nothing was changed.</source>
        <translation>Eine andere Datei wählen oder ein neueres Batlab nehmen. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>groups are nested too deep</source>
        <translation>Gruppen sind zu tief verschachtelt</translation>
    </message>
    <message>
        <source>the format version &quot;%1&quot; makes no sense</source>
        <translation>die Formatversion „%1“ ergibt keinen Sinn</translation>
    </message>
    <message>
        <source>this HDF5 file is not a Batlab session</source>
        <translation>diese HDF5-Datei ist keine Batlab-Sitzung</translation>
    </message>
    <message>
        <source>Sessions are files NAME.batlab.h5 that Batlab wrote.</source>
        <translation>Sitzungen sind Dateien NAME.batlab.h5, die Batlab geschrieben hat.</translation>
    </message>
    <message>
        <source>the session has format version %1, this Batlab reads up to %2.x</source>
        <translation>die Sitzung hat Formatversion %1, dieses Batlab liest bis %2.x</translation>
    </message>
    <message>
        <source>Open it with a newer Batlab. The file was not changed.</source>
        <translation>Mit einem neueren Batlab öffnen. Die Datei wurde nicht geändert.</translation>
    </message>
    <message>
        <source>in use: it is being written by %1</source>
        <translation>in Benutzung: sie wird gerade geschrieben von %1</translation>
    </message>
    <message>
        <source>another program</source>
        <translation>einem anderen Programm</translation>
    </message>
    <message>
        <source>process %1 on %2</source>
        <translation>Prozess %1 auf %2</translation>
    </message>
    <message>
        <source>Close it there, or save under another name.</source>
        <translation>Dort schließen oder unter anderem Namen speichern.</translation>
    </message>
    <message>
        <source>loading the model</source>
        <translation>lädt das Modell</translation>
    </message>
    <message>
        <source>calibration text</source>
        <translation>Kalibriertext</translation>
    </message>
    <message>
        <source>full precision: layer %1 of %2</source>
        <translation>volle Genauigkeit: Schicht %1 von %2</translation>
    </message>
    <message>
        <source>%1: layer %2 of %3</source>
        <translation>%1: Schicht %2 von %3</translation>
    </message>
    <message>
        <source>%1: replaying layer %2 of %3</source>
        <translation>%1: wiederholt Schicht %2 von %3</translation>
    </message>
    <message>
        <source>%1: learning rotations</source>
        <translation>%1: lernt Drehungen</translation>
    </message>
    <message>
        <source>%1: tuning end to end</source>
        <translation>%1: stimmt das ganze Modell ab</translation>
    </message>
    <message>
        <source>%1: full-precision targets</source>
        <translation>%1: Ziele in voller Genauigkeit</translation>
    </message>
    <message>
        <source>%1: measuring the tuned layers</source>
        <translation>%1: misst die abgestimmten Schichten</translation>
    </message>
    <message>
        <source>evaluation: tokenizing %1</source>
        <translation>Bewertung: zerlegt %1 in Token</translation>
    </message>
    <message>
        <source>evaluation: %1, windows %2-%3 of %4</source>
        <translation>Bewertung: %1, Fenster %2-%3 von %4</translation>
    </message>
    <message>
        <source>logits of %1</source>
        <translation>Logits von %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>%1 of %2 variants failed: %3</source>
        <translation>%1 von %2 Varianten sind fehlgeschlagen: %3</translation>
    </message>
    <message>
        <source>The others are done; the same command tries the failed ones again.</source>
        <translation>Die anderen sind fertig; derselbe Befehl versucht die fehlgeschlagenen noch einmal.</translation>
    </message>
    <message>
        <source>Factors need transform.kind: gpk, dense or kronecker, clips need clip.activations, branch needs a branch stage; biases, norms and gains always work.</source>
        <translation>Faktoren brauchen transform.kind: gpk, dense oder kronecker, Clips clip.activations, branch eine branch-Stufe; biases, norms und gains gehen immer.</translation>
    </message>
    <message>
        <source>%1.%2: %3 is not there for %4 weights</source>
        <translation>%1.%2: %3 gibt es für Gewichte in %4 nicht</translation>
    </message>
    <message>
        <source>%1 has %2 tokens: too few for %3 windows of %4 of which no two share text; training sees some of it more than once</source>
        <translation>%1 hat %2 Token: zu wenige für %3 Fenster zu %4, von denen keine zwei Text teilen; das Training sieht einiges mehr als einmal</translation>
    </message>
    <message>
        <source>the engine exited</source>
        <translation>die Maschine hat sich beendet</translation>
    </message>
    <message>
        <source>the engine exited: %1</source>
        <translation>die Maschine hat sich beendet: %1</translation>
    </message>
    <message>
        <source>the engine exited with status %1</source>
        <translation>die Maschine endete mit Status %1</translation>
    </message>
    <message>
        <source>the engine was killed (SIGKILL); the system may have run out of memory</source>
        <translation>die Maschine wurde beendet (SIGKILL); dem System ging vielleicht der Speicher aus</translation>
    </message>
    <message>
        <source>the engine was killed (SIGKILL); the system may have run out of memory: %1</source>
        <translation>die Maschine wurde beendet (SIGKILL); dem System ging vielleicht der Speicher aus: %1</translation>
    </message>
    <message>
        <source>the engine crashed (%1)</source>
        <translation>die Maschine ist abgestürzt (%1)</translation>
    </message>
    <message>
        <source>the engine crashed (%1): %2</source>
        <translation>die Maschine ist abgestürzt (%1): %2</translation>
    </message>
    <message>
        <source>the engine was stopped by %1</source>
        <translation>die Maschine wurde angehalten durch %1</translation>
    </message>
    <message>
        <source>the engine closed the connection</source>
        <translation>die Maschine hat die Verbindung geschlossen</translation>
    </message>
    <message>
        <source>the engine closed the connection: %1</source>
        <translation>die Maschine hat die Verbindung geschlossen: %1</translation>
    </message>
    <message>
        <source>Its checkpoints are kept: start the engine again to go on.</source>
        <translation>Ihre Zwischenstände bleiben: die Maschine wieder starten, um weiterzumachen.</translation>
    </message>
    <message>
        <source>expected a reply or an event</source>
        <translation>erwartet ist eine Antwort oder ein Ereignis</translation>
    </message>
    <message>
        <source>a reply without a number</source>
        <translation>eine Antwort ohne Nummer</translation>
    </message>
    <message>
        <source>engine message</source>
        <translation>Nachricht der Maschine</translation>
    </message>
    <message>
        <source>an engine was called from its own listener</source>
        <translation>eine Maschine wurde aus ihrem eigenen Zuhörer gerufen</translation>
    </message>
    <message>
        <source>the engine has not answered for %1 s</source>
        <translation>die Maschine hat seit %1 s nicht geantwortet</translation>
    </message>
    <message>
        <source>It may be busy or hang: wait, or start it again from the Run menu.</source>
        <translation>Sie ist vielleicht beschäftigt oder hängt: warten oder sie im Menü Lauf wieder starten.</translation>
    </message>
    <message>
        <source>the engine gave no job number</source>
        <translation>die Maschine gab keine Auftragsnummer</translation>
    </message>
    <message>
        <source>the %1 speaks version %2.%3 of the protocol, this side version %4.%5</source>
        <translation>Gegenseite (%1): Version %2.%3 des Protokolls; diese Seite: Version %4.%5</translation>
    </message>
    <message>
        <source>Install the same version of Batlab on both sides.</source>
        <translation>Auf beiden Seiten dieselbe Version von Batlab installieren.</translation>
    </message>
    <message>
        <source>expected a number that is not negative</source>
        <translation>erwartet ist eine Zahl, die nicht negativ ist</translation>
    </message>
    <message>
        <source>the engine failed without saying why</source>
        <translation>die Maschine scheiterte, ohne zu sagen, warum</translation>
    </message>
    <message>
        <source>expected an event</source>
        <translation>erwartet ist ein Ereignis</translation>
    </message>
    <message>
        <source>expected a progress report</source>
        <translation>erwartet ist ein Fortschrittsbericht</translation>
    </message>
    <message>
        <source>a message without id or call</source>
        <translation>eine Nachricht ohne id oder call</translation>
    </message>
    <message>
        <source>the first call must be hello</source>
        <translation>der erste Aufruf muss hello sein</translation>
    </message>
    <message>
        <source>a question is missing</source>
        <translation>eine Frage fehlt</translation>
    </message>
    <message>
        <source>submit needs spec and workspace</source>
        <translation>submit braucht spec und workspace</translation>
    </message>
    <message>
        <source>the call needs a job</source>
        <translation>der Aufruf braucht einen Auftrag</translation>
    </message>
    <message>
        <source>engine pipe</source>
        <translation>Verbindung zur Maschine</translation>
    </message>
    <message>
        <source>cannot send: %1</source>
        <translation>kann nicht senden: %1</translation>
    </message>
    <message>
        <source>sending was given up</source>
        <translation>das Senden wurde aufgegeben</translation>
    </message>
    <message>
        <source>the stream breaks off inside a message</source>
        <translation>der Strom bricht mitten in einer Nachricht ab</translation>
    </message>
    <message>
        <source>the other side does not speak the engine&apos;s protocol (it begins with &quot;%1&quot;)</source>
        <translation>die Gegenseite spricht nicht das Protokoll der Maschine (sie beginnt mit „%1“)</translation>
    </message>
    <message>
        <source>Check that the command starts &apos;batlab-cli serve&apos; and prints nothing else.</source>
        <translation>Prüfen, ob der Befehl „batlab-cli serve“ startet und sonst nichts ausgibt.</translation>
    </message>
    <message>
        <source>a message claims %1 bytes</source>
        <translation>eine Nachricht gibt %1 Byte an</translation>
    </message>
    <message>
        <source>a message of %1 MiB is larger than the 256 MiB allowed</source>
        <translation>eine Nachricht von %1 MiB ist größer als die erlaubten 256 MiB</translation>
    </message>
    <message>
        <source>not a valid message</source>
        <translation>keine gültige Nachricht</translation>
    </message>
    <message>
        <source>not a valid message: %1</source>
        <translation>keine gültige Nachricht: %1</translation>
    </message>
    <message>
        <source>more than 4 million values</source>
        <translation>mehr als 4 Millionen Werte</translation>
    </message>
    <message>
        <source>more than 64 levels</source>
        <translation>mehr als 64 Ebenen</translation>
    </message>
    <message>
        <source>a key that is no text</source>
        <translation>ein Schlüssel, der kein Text ist</translation>
    </message>
    <message>
        <source>a length past the end</source>
        <translation>eine Länge über das Ende hinaus</translation>
    </message>
    <message>
        <source>an indefinite or reserved length</source>
        <translation>eine unbestimmte oder vorbehaltene Länge</translation>
    </message>
    <message>
        <source>an unknown simple value</source>
        <translation>ein unbekannter einfacher Wert</translation>
    </message>
    <message>
        <source>bytes left over</source>
        <translation>übrige Byte</translation>
    </message>
    <message>
        <source>ends too early</source>
        <translation>endet zu früh</translation>
    </message>
    <message>
        <source>the engine is not running</source>
        <translation>die Maschine läuft nicht</translation>
    </message>
    <message>
        <source>start it again from the Run menu</source>
        <translation>im Menü Lauf wieder starten</translation>
    </message>
    <message>
        <source>the window was closed</source>
        <translation>das Fenster wurde geschlossen</translation>
    </message>
    <message>
        <source>signal %1</source>
        <translation>Signal %1</translation>
    </message>
    <message>
        <source>the command line ends in a backslash</source>
        <translation>die Befehlszeile endet mit einem umgekehrten Schrägstrich</translation>
    </message>
    <message>
        <source>a double quote is not closed</source>
        <translation>ein doppeltes Anführungszeichen ist nicht geschlossen</translation>
    </message>
    <message>
        <source>a single quote is not closed</source>
        <translation>ein einfaches Anführungszeichen ist nicht geschlossen</translation>
    </message>
    <message>
        <source>the command line is empty</source>
        <translation>die Befehlszeile ist leer</translation>
    </message>
    <message>
        <source>no program to start</source>
        <translation>kein Programm zu starten</translation>
    </message>
    <message>
        <source>cannot make a pipe: %1</source>
        <translation>eine Pipe lässt sich nicht anlegen: %1</translation>
    </message>
    <message>
        <source>Close some files or programs.</source>
        <translation>Einige Dateien oder Programme schließen.</translation>
    </message>
    <message>
        <source>cannot start the program: %1</source>
        <translation>das Programm lässt sich nicht starten: %1</translation>
    </message>
    <message>
        <source>Check the path and that it may be executed.</source>
        <translation>Den Pfad prüfen und ob es ausführbar ist.</translation>
    </message>
    <message>
        <source>batlab-cli, the engine, is neither beside batlab nor in PATH</source>
        <translation>batlab-cli, die Maschine, liegt weder neben batlab noch in PATH</translation>
    </message>
    <message>
        <source>build or install it, or name one with --engine</source>
        <translation>bauen oder installieren, oder mit --engine eine nennen</translation>
    </message>
    <message>
        <source>unknown scale search &apos;%1&apos;</source>
        <translation>unbekannte Skalensuche „%1“</translation>
    </message>
    <message>
        <source>unknown rounding &apos;%1&apos;</source>
        <translation>unbekannte Rundung „%1“</translation>
    </message>
    <message>
        <source>a part of the variant is missing</source>
        <translation>ein Teil der Variante fehlt</translation>
    </message>
    <message>
        <source>Remove the parts folder and run again.</source>
        <translation>Den Ordner .parts entfernen und noch einmal laufen lassen.</translation>
    </message>
    <message>
        <source>%1: layer text.%2, %3</source>
        <translation>%1: Schicht text.%2, %3</translation>
    </message>
    <message>
        <source>%1: stage %2</source>
        <translation>%1: Stufe %2</translation>
    </message>
    <message>
        <source>%1, layer %2</source>
        <translation>%1, Schicht %2</translation>
    </message>
    <message>
        <source>layer %1, its input</source>
        <translation>Schicht %1, ihr Eingang</translation>
    </message>
    <message>
        <source>layer %1, its output</source>
        <translation>Schicht %1, ihr Ausgang</translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>its input</source>
        <translation>ihr Eingang</translation>
    </message>
    <message>
        <source>site %1</source>
        <translation>Stelle %1</translation>
    </message>
    <message>
        <source>Finished layers are kept.</source>
        <translation>Fertige Schichten bleiben.</translation>
    </message>
    <message>
        <source>the quantized layer gives NaN or Inf</source>
        <translation>die quantisierte Schicht gibt NaN oder Inf</translation>
    </message>
    <message>
        <source>Its values overflow after the transform: set transform.conditionCap, or keep the layer in 16 bit (precision.overrides).</source>
        <translation>Ihre Werte laufen nach der Transformation über: transform.conditionCap setzen oder die Schicht in 16 Bit lassen (precision.overrides).</translation>
    </message>
    <message>
        <source>the full-precision model gives NaN or Inf</source>
        <translation>das Modell in voller Genauigkeit gibt NaN oder Inf</translation>
    </message>
    <message>
        <source>Its activations overflow: check that the model file is whole, or take another calibration text (calibration.source, calibration.file).</source>
        <translation>Seine Aktivierungen laufen über: prüfen, ob die Modelldatei vollständig ist, oder einen anderen Kalibriertext nehmen (calibration.source, calibration.file).</translation>
    </message>
    <message>
        <source>the Hessian of a linear is not positive definite at any damping</source>
        <translation>die Hesse-Matrix einer Linearschicht ist bei keiner Dämpfung positiv definit</translation>
    </message>
    <message>
        <source>the second moments of a site are not positive definite at any damping</source>
        <translation>die zweiten Momente einer Stelle sind bei keiner Dämpfung positiv definit</translation>
    </message>
    <message>
        <source>The calibration activations hold NaN or Inf; check the model and the calibration text.</source>
        <translation>Die Kalibrieraktivierungen enthalten NaN oder Inf; Modell und Kalibriertext prüfen.</translation>
    </message>
    <message>
        <source>the search of scales has no layer inputs</source>
        <translation>die Suche der Skalen hat keine Eingänge der Schicht</translation>
    </message>
    <message>
        <source>dynamic block scales need the columns of a block one after the other</source>
        <translation>dynamische Blockskalen brauchen die Spalten eines Blocks hintereinander</translation>
    </message>
    <message>
        <source>a stream of another shape</source>
        <translation>ein Strom anderer Form</translation>
    </message>
    <message>
        <source>learned rounding needs a block format for every linear</source>
        <translation>gelerntes Runden braucht ein Blockformat für jede Linearschicht</translation>
    </message>
    <message>
        <source>Use round.kind: gptq with 16-bit or integer weights.</source>
        <translation>Mit 16-Bit- oder ganzzahligen Gewichten round.kind: gptq nehmen.</translation>
    </message>
    <message>
        <source>second moments were kept of blocks of %1, not of %2</source>
        <translation>zweite Momente wurden von Blöcken zu %1 behalten, nicht zu %2</translation>
    </message>
    <message>
        <source>site moments</source>
        <translation>Momente der Stelle</translation>
    </message>
    <message>
        <source>activation codes of integer formats cannot be refined</source>
        <translation>Aktivierungscodes ganzzahliger Formate lassen sich nicht verfeinern</translation>
    </message>
    <message>
        <source>Use a block format such as mxfp4, leave the site out of refine.sites, or drop the refine stage.</source>
        <translation>Ein Blockformat wie mxfp4 nehmen, die Stelle aus refine.sites nehmen oder die Stufe refine weglassen.</translation>
    </message>
    <message>
        <source>no Hadamard matrix of the head dimension %1 can be built</source>
        <translation>über die Kopfdimension %1 lässt sich keine Hadamard-Matrix bauen</translation>
    </message>
    <message>
        <source>Use rotate.values: block-hadamard or none.</source>
        <translation>rotate.values: block-hadamard oder none nehmen.</translation>
    </message>
    <message>
        <source>no Hadamard matrix of the model&apos;s width %1 can be built</source>
        <translation>über die Breite %1 des Modells lässt sich keine Hadamard-Matrix bauen</translation>
    </message>
    <message>
        <source>Use rotate.residual: random-orthogonal or block-hadamard.</source>
        <translation>rotate.residual: random-orthogonal oder block-hadamard nehmen.</translation>
    </message>
    <message>
        <source>the model&apos;s width %1 has no blocks of 4 channels or more</source>
        <translation>die Breite %1 des Modells hat keine Blöcke von 4 oder mehr Kanälen</translation>
    </message>
    <message>
        <source>Use rotate.residual: random-orthogonal.</source>
        <translation>rotate.residual: random-orthogonal nehmen.</translation>
    </message>
    <message>
        <source>a part is no set of rotations</source>
        <translation>ein Teil ist kein Satz von Drehungen</translation>
    </message>
    <message>
        <source>The part is damaged; remove it and run again.</source>
        <translation>Der Teil ist beschädigt; ihn entfernen und noch einmal laufen lassen.</translation>
    </message>
    <message>
        <source>integer weights are rounded by rtn or gptq, not by %1</source>
        <translation>ganzzahlige Gewichte werden mit rtn oder gptq gerundet, nicht mit %1</translation>
    </message>
    <message>
        <source>Set round.kind: gptq.</source>
        <translation>round.kind: gptq setzen.</translation>
    </message>
    <message>
        <source>the linears of a site have scale blocks of different widths</source>
        <translation>die Linearschichten einer Stelle haben verschieden breite Skalenblöcke</translation>
    </message>
    <message>
        <source>no Hadamard matrix of order %1 can be built (2^j times q + 1 or 2(q + 1) with a prime power q)</source>
        <translation>eine Hadamard-Matrix der Ordnung %1 lässt sich nicht bauen (2^j mal q + 1 oder 2(q + 1) mit einer Primzahlpotenz q)</translation>
    </message>
    <message>
        <source>transform.size: full at %1</source>
        <translation>transform.size: full bei %1</translation>
    </message>
    <message>
        <source>Use transform.size: 32 (or 16, 64, 128), or leave the site out of transform.sites.</source>
        <translation>transform.size: 32 (oder 16, 64, 128) nehmen oder die Stelle aus transform.sites nehmen.</translation>
    </message>
    <message>
        <source>%1 channels have no two factors of at most %2</source>
        <translation>%1 Kanäle haben keine zwei Faktoren von höchstens %2</translation>
    </message>
    <message>
        <source>transform.kind: kronecker at %1</source>
        <translation>transform.kind: kronecker bei %1</translation>
    </message>
    <message>
        <source>Use transform.kind: gpk or dense, or leave the site out of transform.sites.</source>
        <translation>transform.kind: gpk oder dense nehmen oder die Stelle aus transform.sites nehmen.</translation>
    </message>
    <message>
        <source>cannot make a scratch file for the activations: %1</source>
        <translation>eine Zwischendatei für die Aktivierungen lässt sich nicht anlegen: %1</translation>
    </message>
    <message>
        <source>Free disk space, or use fewer or shorter calibration sequences.</source>
        <translation>Platz schaffen oder weniger oder kürzere Kalibrierfolgen nehmen.</translation>
    </message>
    <message>
        <source>the training stage has nothing to train</source>
        <translation>die Trainingsstufe hat nichts zu trainieren</translation>
    </message>
    <message>
        <source>Give it a trainable transform, a clip stage or trainDiagonal.</source>
        <translation>Ihr eine trainierbare Transformation, eine Stufe clip oder trainDiagonal geben.</translation>
    </message>
    <message>
        <source>%1: the kv stage does nothing, since keys and values stay in 16 bit (protocol.kvFormat)</source>
        <translation>%1: die Stufe kv tut nichts, da Schlüssel und Werte in 16 Bit bleiben (protocol.kvFormat)</translation>
    </message>
    <message>
        <source>%1: layer %2 is that of %3</source>
        <translation>%1: Schicht %2 ist die von %3</translation>
    </message>
    <message>
        <source>%1: layer %2 of %3 committed: relative error %4, first token %5, %6 s</source>
        <translation>%1: Schicht %2 von %3 abgelegt: relativer Fehler %4, erstes Token %5, %6 s</translation>
    </message>
    <message>
        <source>%1: layer %2, %3</source>
        <translation>%1: Schicht %2, %3</translation>
    </message>
    <message>
        <source>%1: layer %2, recovery of values %3, gates %4: output error %5 -&gt; %6</source>
        <translation>%1: Schicht %2, Nachführung der Werte %3, der Gates %4: Ausgangsfehler %5 -&gt; %6</translation>
    </message>
    <message>
        <source>training steps run one by one, not as a recorded graph: %1</source>
        <translation>Trainingsschritte laufen einzeln, nicht als aufgezeichneter Graph: %1</translation>
    </message>
    <message>
        <source>%1: rounding state of layer %2 does not fit; learning starts anew</source>
        <translation>%1: der Rundungsstand der Schicht %2 passt nicht; das Lernen beginnt von vorn</translation>
    </message>
    <message>
        <source>Lower round.learnRate.</source>
        <translation>round.learnRate senken.</translation>
    </message>
    <message>
        <source>%1: layer %2: held-out error of the learned rounding %3, of its start %4</source>
        <translation>%1: Schicht %2: Fehler der gelernten Rundung auf zurückgehaltenem Text %3, ihres Anfangs %4</translation>
    </message>
    <message>
        <source>the Hessian is not positive definite with damping %1; %2 was used</source>
        <translation>die Hesse-Matrix ist mit der Dämpfung %1 nicht positiv definit; %2 wurde genommen</translation>
    </message>
    <message>
        <source>%1: the corrected weight does not help on held-out text; the plain weight is rounded</source>
        <translation>%1: das berichtigte Gewicht hilft auf zurückgehaltenem Text nicht; das einfache wird gerundet</translation>
    </message>
    <message>
        <source>%1: the corrected weight would move by %2 of its length (limit %3); the plain weight is rounded</source>
        <translation>%1: das berichtigte Gewicht würde sich um %2 seiner Länge bewegen (Grenze %3); das einfache wird gerundet</translation>
    </message>
    <message>
        <source>%1 %2: condition number of the trained transform is %3</source>
        <translation>%1 %2: Konditionszahl der trainierten Transformation ist %3</translation>
    </message>
    <message>
        <source>%1: layer %2</source>
        <translation>%1: Schicht %2</translation>
    </message>
    <message>
        <source>%1: training state of layer %2 does not fit; training starts anew</source>
        <translation>%1: der Trainingsstand der Schicht %2 passt nicht; das Training beginnt von vorn</translation>
    </message>
    <message>
        <source>Lower train.learningRate, or set train.gradientNorm.</source>
        <translation>train.learningRate senken oder train.gradientNorm setzen.</translation>
    </message>
    <message>
        <source>%1: training %2; the layer keeps what it started from. Lower train.learningRate, or set transform.conditionCap or transform.parametrization: svd.</source>
        <translation>%1: das Training %2; die Schicht behält, womit sie begann. train.learningRate senken, oder transform.conditionCap oder transform.parametrization: svd setzen.</translation>
    </message>
    <message>
        <source>gave %1 a transform of condition number %2</source>
        <translation>gab %1 eine Transformation der Konditionszahl %2</translation>
    </message>
    <message>
        <source>ended with values that are not finite</source>
        <translation>endete mit nicht endlichen Werten</translation>
    </message>
    <message>
        <source>ended worse than it began (error %1, at the start %2)</source>
        <translation>endete schlechter, als es begann (Fehler %1, am Anfang %2)</translation>
    </message>
    <message>
        <source>made a transform singular in step %1</source>
        <translation>machte in Schritt %1 eine Transformation singulär</translation>
    </message>
    <message>
        <source>%1: the loss or its gradient is not finite in step %2; such steps are skipped. %3</source>
        <translation>%1: der Verlust oder sein Gradient ist in Schritt %2 nicht endlich; solche Schritte werden ausgelassen. %3</translation>
    </message>
    <message>
        <source>%1: %2 of %3 steps were skipped</source>
        <translation>%1: %2 von %3 Schritten wurden ausgelassen</translation>
    </message>
    <message>
        <source>the proxy needs tokens</source>
        <translation>der schnelle Vergleich braucht Token</translation>
    </message>
    <message>
        <source>there is no layer %1</source>
        <translation>es gibt keine Schicht %1</translation>
    </message>
    <message>
        <source>The model has layers 0 to %1.</source>
        <translation>Das Modell hat die Schichten 0 bis %1.</translation>
    </message>
    <message>
        <source>the proxy looks at recipes with one layer-wise pass</source>
        <translation>der schnelle Vergleich betrachtet Rezepte mit einem Schichtdurchgang</translation>
    </message>
    <message>
        <source>the recipe does not round</source>
        <translation>das Rezept rundet nicht</translation>
    </message>
    <message>
        <source>text from a file is wanted but calibration.file is empty</source>
        <translation>der Text soll aus einer Datei kommen, aber calibration.file ist leer</translation>
    </message>
    <message>
        <source>Name a UTF-8 text file, or use calibration.source=self.</source>
        <translation>Eine UTF-8-Textdatei nennen oder calibration.source=self nehmen.</translation>
    </message>
    <message>
        <source>calibration: %1 windows of %2 tokens from %3 (%4 tokens)</source>
        <translation>Kalibrierung: %1 Fenster zu %2 Token aus %3 (%4 Token)</translation>
    </message>
    <message>
        <source>calibration: %1 x %2 tokens sampled earlier are used again</source>
        <translation>Kalibrierung: %1 x %2 früher erzeugte Token werden wieder genommen</translation>
    </message>
    <message>
        <source>calibration: sampled %1 x %2 tokens from the model in %3 s (%4 tokens/s)</source>
        <translation>Kalibrierung: %1 x %2 Token in %3 s vom Modell erzeugt (%4 Token/s)</translation>
    </message>
    <message>
        <source>The GPU does not answer this process any more: the engine ends, and has to be started anew (the window does that by itself). Finished layers are kept: run the same command again. `nvidia-smi` and `dmesg` tell more.</source>
        <translation>Die GPU antwortet diesem Prozess nicht mehr: die Maschine endet und muss neu gestartet werden (das Fenster tut das von selbst). Fertige Schichten bleiben: denselben Befehl noch einmal ausführen. `nvidia-smi` und `dmesg` sagen mehr.</translation>
    </message>
    <message>
        <source>submitted run</source>
        <translation>eingereichter Lauf</translation>
    </message>
    <message>
        <source>there is no unfinished job %1</source>
        <translation>es gibt keinen unfertigen Auftrag %1</translation>
    </message>
    <message>
        <source>a newer question has taken its place</source>
        <translation>eine neuere Frage ist an ihre Stelle getreten</translation>
    </message>
    <message>
        <source>what-if needs exactly one variant</source>
        <translation>Was-wäre-wenn braucht genau eine Variante</translation>
    </message>
    <message>
        <source>%1 needs a spec</source>
        <translation>%1 braucht eine Laufbeschreibung</translation>
    </message>
    <message>
        <source>model: %1 (%2, %3 layers of %4, %5 M parameters, %6 MB %7)</source>
        <translation>Modell: %1 (%2, %3 Schichten zu %4, %5 Mio. Parameter, %6 MB %7)</translation>
    </message>
    <message>
        <source>evaluation: %1 has %2 tokens, %3 windows of %4, %5</source>
        <translation>Bewertung: %1 hat %2 Token, %3 Fenster zu %4, %5</translation>
    </message>
    <message>
        <source>%1 windows were asked for; the text has %2</source>
        <translation>%1 Fenster waren verlangt; der Text hat %2</translation>
    </message>
    <message>
        <source>%1: calibrated in %2 s</source>
        <translation>%1: in %2 s kalibriert</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no compute type</source>
        <translation>„%1“ ist kein Rechentyp</translation>
    </message>
    <message>
        <source>Use bf16 or fp32.</source>
        <translation>bf16 oder fp32 nehmen.</translation>
    </message>
    <message>
        <source>device: %1 (%2), %3 of %4 GB free, about %5 GB needed; W4A4 is emulated in %6</source>
        <translation>Gerät: %1 (%2), %3 von %4 GB frei, etwa %5 GB nötig; W4A4 wird in %6 nachgebildet</translation>
    </message>
    <message>
        <source>run finished in %1 s</source>
        <translation>Lauf nach %1 s fertig</translation>
    </message>
    <message>
        <source>layer %1 was not kept as it was before rounding</source>
        <translation>Schicht %1 wurde nicht so behalten, wie sie vor dem Runden war</translation>
    </message>
    <message>
        <source>%1: KLD with one site quantized alone:%2 on %3 windows</source>
        <translation>%1: KLD mit nur einer quantisierten Stelle:%2 auf %3 Fenstern</translation>
    </message>
    <message>
        <source>H32 rotation</source>
        <translation>H32-Drehung</translation>
    </message>
    <message>
        <source>Dense 32x32</source>
        <translation>Dicht 32x32</translation>
    </message>
    <message>
        <source>this layer of the variant is not done yet</source>
        <translation>diese Schicht der Variante ist noch nicht fertig</translation>
    </message>
    <message>
        <source>it comes when the run has passed it</source>
        <translation>sie kommt, wenn der Lauf an ihr vorbei ist</translation>
    </message>
    <message>
        <source>the engine&apos;s answer has no scores</source>
        <translation>die Antwort der Maschine hat keine Werte</translation>
    </message>
    <message>
        <source>the engine&apos;s answer names a site that is not known</source>
        <translation>die Antwort der Maschine nennt eine unbekannte Stelle</translation>
    </message>
    <message>
        <source>the engine&apos;s answer has no %1</source>
        <translation>in der Antwort der Maschine fehlt: %1</translation>
    </message>
    <message>
        <source>%1 numbers in %2</source>
        <translation>%1 Zahlen in %2</translation>
    </message>
    <message>
        <source>code for every number</source>
        <translation>ein Code für jede Zahl</translation>
    </message>
    <message>
        <source>sensible channels</source>
        <translation>sinnvolle Kanäle</translation>
    </message>
    <message>
        <source>sensible size</source>
        <translation>eine sinnvolle Größe</translation>
    </message>
    <message>
        <source>answer of the engine</source>
        <translation>Antwort der Maschine</translation>
    </message>
    <message>
        <source>Window and engine may be of different versions.</source>
        <translation>Fenster und Maschine haben vielleicht verschiedene Versionen.</translation>
    </message>
    <message>
        <source>window and engine may be of different versions</source>
        <translation>Fenster und Maschine haben vielleicht verschiedene Versionen</translation>
    </message>
    <message>
        <source>the engine&apos;s answer names no variant</source>
        <translation>die Antwort der Maschine nennt keine Variante</translation>
    </message>
    <message>
        <source>nothing to start from</source>
        <translation>kein Ausgangspunkt</translation>
    </message>
    <message>
        <source>what if</source>
        <translation>was wäre, wenn</translation>
    </message>
    <message>
        <source>there is no engine to ask</source>
        <translation>es ist keine Maschine da, die zu fragen wäre</translation>
    </message>
    <message>
        <source>cannot read: %1</source>
        <translation>kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot write: %1</source>
        <translation>kann nicht geschrieben werden: %1</translation>
    </message>
    <message>
        <source>cannot replace: %1</source>
        <translation>kann nicht ersetzt werden: %1</translation>
    </message>
    <message>
        <source>cannot lock: %1</source>
        <translation>kann nicht gesperrt werden: %1</translation>
    </message>
    <message>
        <source>cannot use the folder: %1</source>
        <translation>der Ordner ist nicht benutzbar: %1</translation>
    </message>
    <message>
        <source>cannot make the folder: %1</source>
        <translation>der Ordner lässt sich nicht anlegen: %1</translation>
    </message>
    <message>
        <source>cannot make the change of the folder durable: %1</source>
        <translation>die Änderung des Ordners lässt sich nicht dauerhaft machen: %1</translation>
    </message>
    <message>
        <source>cannot write here: %1</source>
        <translation>hier kann nicht geschrieben werden: %1</translation>
    </message>
    <message>
        <source>Free some space or choose another folder; nothing was changed.</source>
        <translation>Platz schaffen oder einen anderen Ordner wählen; nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Choose a folder and file you may use, or change the permissions; nothing was changed.</source>
        <translation>Einen Ordner und eine Datei wählen, die man benutzen darf, oder die Rechte ändern; nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Check that the folder exists.</source>
        <translation>Prüfen, ob es den Ordner gibt.</translation>
    </message>
    <message>
        <source>%1 kB are needed, %2 kB are free</source>
        <translation>%1 kB sind nötig, %2 kB sind frei</translation>
    </message>
    <message>
        <source>reading was stopped</source>
        <translation>das Lesen wurde angehalten</translation>
    </message>
    <message>
        <source>the file is damaged: its content differs from its checksum</source>
        <translation>die Datei ist beschädigt: ihr Inhalt passt nicht zu ihrer Prüfsumme</translation>
    </message>
    <message>
        <source>Restore it from a backup or write it again.</source>
        <translation>Aus einer Sicherung zurückholen oder neu schreiben.</translation>
    </message>
    <message>
        <source>the file is larger than %1 bytes</source>
        <translation>die Datei ist größer als %1 Byte</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>kein Platz mehr auf dem Datenträger</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>das Kontingent des Datenträgers ist überschritten</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>die Datei ist zu groß</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>keine Berechtigung</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>der Vorgang ist nicht erlaubt</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>das Dateisystem ist schreibgeschützt</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>die Datei oder der Ordner ist nicht da</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>das ist kein Ordner</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>das ist ein Ordner</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>der Dateiname ist zu lang</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Ein-/Ausgabefehler</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>zu viele offene Dateien</translation>
    </message>
    <message>
        <source>Cannot allocate memory</source>
        <translation>kein Speicher frei</translation>
    </message>
    <message>
        <source>Resource temporarily unavailable</source>
        <translation>vorübergehend nicht verfügbar</translation>
    </message>
    <message>
        <source>cannot start an HDF5 file</source>
        <translation>eine HDF5-Datei lässt sich nicht beginnen</translation>
    </message>
    <message>
        <source>cannot finish the HDF5 file</source>
        <translation>die HDF5-Datei lässt sich nicht abschließen</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>diese Datei gibt es nicht</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>Den Pfad prüfen.</translation>
    </message>
    <message>
        <source>this is a folder, not a file</source>
        <translation>das ist ein Ordner, keine Datei</translation>
    </message>
    <message>
        <source>this is not an HDF5 file</source>
        <translation>das ist keine HDF5-Datei</translation>
    </message>
    <message>
        <source>It may be damaged at its beginning, or be a file of another kind.</source>
        <translation>Sie ist vielleicht am Anfang beschädigt oder von anderer Art.</translation>
    </message>
    <message>
        <source>the HDF5 file is damaged or truncated</source>
        <translation>die HDF5-Datei ist beschädigt oder abgeschnitten</translation>
    </message>
    <message>
        <source>Restore the file from a backup or write it again.</source>
        <translation>Die Datei aus einer Sicherung zurückholen oder neu schreiben.</translation>
    </message>
    <message>
        <source>The file is damaged or of another kind; restore it from a backup or write it again.</source>
        <translation>Die Datei ist beschädigt oder von anderer Art; sie aus einer Sicherung zurückholen oder neu schreiben.</translation>
    </message>
    <message>
        <source>cannot read %1</source>
        <translation>%1 kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>cannot write %1</source>
        <translation>%1 kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>the object</source>
        <translation>das Objekt</translation>
    </message>
    <message>
        <source>the group</source>
        <translation>die Gruppe</translation>
    </message>
    <message>
        <source>the link</source>
        <translation>die Verknüpfung</translation>
    </message>
    <message>
        <source>the attribute</source>
        <translation>das Attribut</translation>
    </message>
    <message>
        <source>the text attribute</source>
        <translation>das Textattribut</translation>
    </message>
    <message>
        <source>the number attribute</source>
        <translation>das Zahlenattribut</translation>
    </message>
    <message>
        <source>the dataset</source>
        <translation>der Datensatz</translation>
    </message>
    <message>
        <source>the shape of the dataset</source>
        <translation>die Form des Datensatzes</translation>
    </message>
    <message>
        <source>the text</source>
        <translation>der Text</translation>
    </message>
    <message>
        <source>the texts</source>
        <translation>die Texte</translation>
    </message>
    <message>
        <source>the table</source>
        <translation>die Tabelle</translation>
    </message>
    <message>
        <source>a dataset claims an impossible size</source>
        <translation>ein Datensatz gibt eine unmögliche Größe an</translation>
    </message>
    <message>
        <source>a dataset claims more values than the file holds</source>
        <translation>ein Datensatz gibt mehr Werte an, als die Datei enthält</translation>
    </message>
    <message>
        <source>a text claims more bytes than the file holds</source>
        <translation>ein Text gibt mehr Byte an, als die Datei enthält</translation>
    </message>
    <message>
        <source>unknown element type &quot;%1&quot;</source>
        <translation>unbekannter Elementtyp „%1“</translation>
    </message>
    <message>
        <source>expected one text</source>
        <translation>erwartet ist ein einziger Text</translation>
    </message>
    <message>
        <source>the ends of the token pieces are out of order</source>
        <translation>die Enden der Tokenstücke sind nicht in Ordnung</translation>
    </message>
    <message>
        <source>unknown kind of artifact &quot;%1&quot;</source>
        <translation>unbekannte Art von Ergebnis „%1“</translation>
    </message>
    <message>
        <source>the content differs from its checksum: the file is damaged or was changed</source>
        <translation>der Inhalt passt nicht zu seiner Prüfsumme: die Datei ist beschädigt oder wurde geändert</translation>
    </message>
    <message>
        <source>a text is too long for a table</source>
        <translation>ein Text ist zu lang für eine Tabelle</translation>
    </message>
    <message>
        <source>expected a table</source>
        <translation>erwartet ist eine Tabelle</translation>
    </message>
    <message>
        <source>the table has no column &quot;%1&quot;</source>
        <translation>die Tabelle hat keine Spalte „%1“</translation>
    </message>
    <message>
        <source>the column &quot;%1&quot; has another type</source>
        <translation>die Spalte „%1“ hat einen anderen Typ</translation>
    </message>
    <message>
        <source>the list of checkpoints is damaged: %1</source>
        <translation>die Liste der Zwischenstände ist beschädigt: %1</translation>
    </message>
    <message>
        <source>it is not an index of parts</source>
        <translation>sie ist kein Verzeichnis von Teilen</translation>
    </message>
    <message>
        <source>no keys</source>
        <translation>keine Schlüssel</translation>
    </message>
    <message>
        <source>the hash of &quot;%1&quot; is not one</source>
        <translation>der Hash von „%1“ ist keiner</translation>
    </message>
    <message>
        <source>not an object</source>
        <translation>kein Objekt</translation>
    </message>
    <message>
        <source>Move the folder away to start without checkpoints.</source>
        <translation>Den Ordner beiseitelegen, um ohne Zwischenstände zu beginnen.</translation>
    </message>
    <message>
        <source>the checkpoints have a newer format version</source>
        <translation>die Zwischenstände haben eine neuere Formatversion</translation>
    </message>
    <message>
        <source>Use a newer Batlab, or another folder.</source>
        <translation>Ein neueres Batlab nehmen oder einen anderen Ordner.</translation>
    </message>
    <message>
        <source>a checkpoint needs a key in UTF-8</source>
        <translation>ein Zwischenstand braucht einen Schlüssel in UTF-8</translation>
    </message>
    <message>
        <source>the part of this checkpoint is gone</source>
        <translation>der Teil dieses Zwischenstands ist nicht mehr da</translation>
    </message>
    <message>
        <source>Delete this checkpoint; the step is then computed again.</source>
        <translation>Diesen Zwischenstand löschen; der Schritt wird dann neu gerechnet.</translation>
    </message>
    <message>
        <source>Wait for that job, or stop it, or choose another workspace.</source>
        <translation>Auf diesen Auftrag warten, ihn anhalten oder einen anderen Arbeitsordner wählen.</translation>
    </message>
    <message>
        <source>the part&apos;s content is not the one its hash %1 promises: it was damaged or changed</source>
        <translation>der Inhalt des Teils ist nicht der, den sein Hash %1 verspricht: er wurde beschädigt oder geändert</translation>
    </message>
    <message>
        <source>Delete this file; the step it belongs to is then computed again.</source>
        <translation>Diese Datei löschen; der Schritt, zu dem sie gehört, wird dann neu gerechnet.</translation>
    </message>
    <message>
        <source>the attributes of a part hold NaN, binary values or broken UTF-8</source>
        <translation>die Attribute eines Teils enthalten NaN, Binärwerte oder fehlerhaftes UTF-8</translation>
    </message>
    <message>
        <source>Store such values as tensors.</source>
        <translation>Solche Werte als Tensoren ablegen.</translation>
    </message>
    <message>
        <source>this HDF5 file is not a part of a Batlab session</source>
        <translation>diese HDF5-Datei ist kein Teil einer Batlab-Sitzung</translation>
    </message>
    <message>
        <source>this part has the newer format version %1</source>
        <translation>dieser Teil hat die neuere Formatversion %1</translation>
    </message>
    <message>
        <source>Open it with a newer Batlab.</source>
        <translation>Mit einem neueren Batlab öffnen.</translation>
    </message>
    <message>
        <source>the part %1 of this session is missing</source>
        <translation>der Teil %1 dieser Sitzung fehlt</translation>
    </message>
    <message>
        <source>Bring the .parts folder back beside the session, or run the job again.</source>
        <translation>Den Ordner .parts wieder neben die Sitzung legen oder den Auftrag noch einmal laufen lassen.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not a content hash</source>
        <translation>„%1“ ist kein Inhaltshash</translation>
    </message>
    <message>
        <source>the written file does not read back as it was written</source>
        <translation>die geschriebene Datei liest sich nicht so, wie sie geschrieben wurde</translation>
    </message>
    <message>
        <source>The disk or file system may be failing; save somewhere else.</source>
        <translation>Der Datenträger oder das Dateisystem ist vielleicht fehlerhaft; woanders speichern.</translation>
    </message>
    <message>
        <source>opening was cancelled</source>
        <translation>das Öffnen wurde abgebrochen</translation>
    </message>
    <message>
        <source>view state of the session</source>
        <translation>Ansicht der Sitzung</translation>
    </message>
    <message>
        <source>spec of run %1</source>
        <translation>Laufbeschreibung von %1</translation>
    </message>
    <message>
        <source>a session needs a file name</source>
        <translation>eine Sitzung braucht einen Dateinamen</translation>
    </message>
    <message>
        <source>For example run.batlab.h5.</source>
        <translation>Zum Beispiel lauf.batlab.h5.</translation>
    </message>
    <message>
        <source>JSON is nested deeper than 256 levels</source>
        <translation>JSON ist tiefer als 256 Ebenen verschachtelt</translation>
    </message>
    <message>
        <source>Check that it is the right file.</source>
        <translation>Prüfen, ob es die richtige Datei ist.</translation>
    </message>
    <message>
        <source>not valid JSON: %1</source>
        <translation>kein gültiges JSON: %1</translation>
    </message>
    <message>
        <source>Check that the file is complete.</source>
        <translation>Prüfen, ob die Datei vollständig ist.</translation>
    </message>
    <message>
        <source>an alias stands inside the value it names</source>
        <translation>ein Alias steht in dem Wert, den es nennt</translation>
    </message>
    <message>
        <source>nested deeper than 64 levels</source>
        <translation>tiefer als 64 Ebenen verschachtelt</translation>
    </message>
    <message>
        <source>tag &apos;%1&apos; is not supported here</source>
        <translation>die Marke „%1“ wird hier nicht unterstützt</translation>
    </message>
    <message>
        <source>more than 100,000 values (an alias that multiplies itself?)</source>
        <translation>mehr als 100.000 Werte (ein Alias, das sich vervielfacht?)</translation>
    </message>
    <message>
        <source>a key must be a plain text</source>
        <translation>ein Schlüssel muss ein einfacher Text sein</translation>
    </message>
    <message>
        <source>merge keys (&lt;&lt;) are not supported: write the keys out</source>
        <translation>Schlüssel &lt;&lt; zum Zusammenführen werden nicht unterstützt: die Schlüssel ausschreiben</translation>
    </message>
    <message>
        <source>key &apos;%1&apos; comes twice</source>
        <translation>der Schlüssel „%1“ kommt zweimal vor</translation>
    </message>
    <message>
        <source>See the manual&apos;s page on run specifications.</source>
        <translation>Siehe die Seite des Handbuchs über Laufbeschreibungen.</translation>
    </message>
    <message>
        <source>the YAML text is larger than 1 MiB</source>
        <translation>der YAML-Text ist größer als 1 MiB</translation>
    </message>
    <message>
        <source>the file is not a YAML text (it holds zero bytes)</source>
        <translation>die Datei ist kein YAML-Text (sie enthält Nullbytes)</translation>
    </message>
    <message>
        <source>the file holds more than one YAML document</source>
        <translation>die Datei enthält mehr als ein YAML-Dokument</translation>
    </message>
    <message>
        <source>not valid here: %1</source>
        <translation>hier nicht gültig: %1</translation>
    </message>
    <message>
        <source>a run specification is a map with model, variants and more</source>
        <translation>eine Laufbeschreibung ist eine Abbildung mit model, variants und mehr</translation>
    </message>
    <message>
        <source>no variants</source>
        <translation>keine Varianten</translation>
    </message>
    <message>
        <source>List at least one, such as variants: [{preset: rtn}].</source>
        <translation>Mindestens eine nennen, etwa variants: [{preset: rtn}].</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is a section of keys</source>
        <translation>„%1“ ist ein Abschnitt von Schlüsseln</translation>
    </message>
    <message>
        <source>unknown key &apos;%1&apos;</source>
        <translation>unbekannter Schlüssel „%1“</translation>
    </message>
    <message>
        <source>variants is a list of at least one</source>
        <translation>variants ist eine Liste mit mindestens einem Eintrag</translation>
    </message>
    <message>
        <source>Such as variants: [{preset: rtn}].</source>
        <translation>Etwa variants: [{preset: rtn}].</translation>
    </message>
    <message>
        <source>more than %1 variants</source>
        <translation>mehr als %1 Varianten</translation>
    </message>
    <message>
        <source>Split the run.</source>
        <translation>Den Lauf teilen.</translation>
    </message>
    <message>
        <source>a variant is a map with preset or recipe</source>
        <translation>eine Variante ist eine Abbildung mit preset oder recipe</translation>
    </message>
    <message>
        <source>expected a text</source>
        <translation>erwartet ist ein Text</translation>
    </message>
    <message>
        <source>a variant needs either preset or recipe</source>
        <translation>eine Variante braucht entweder preset oder recipe</translation>
    </message>
    <message>
        <source>a budget belongs to a preset</source>
        <translation>ein Budget gehört zu einer Voreinstellung</translation>
    </message>
    <message>
        <source>A whole recipe states its values itself.</source>
        <translation>Ein ganzes Rezept nennt seine Werte selbst.</translation>
    </message>
    <message>
        <source>set is a map such as {train.epochs: 3}</source>
        <translation>set ist eine Abbildung wie {train.epochs: 3}</translation>
    </message>
    <message>
        <source>own is a map such as {seed: 1}</source>
        <translation>own ist eine Abbildung wie {seed: 1}</translation>
    </message>
    <message>
        <source>a variant has no &apos;%1&apos; of its own</source>
        <translation>eine Variante hat kein eigenes „%1“</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no variant id</source>
        <translation>„%1“ ist kein Name einer Variante</translation>
    </message>
    <message>
        <source>Use letters, digits and - _ + . = only, at most 64.</source>
        <translation>Nur Buchstaben, Ziffern und - _ + . = nehmen, höchstens 64.</translation>
    </message>
    <message>
        <source>the id &apos;reference&apos; belongs to the full-precision model</source>
        <translation>der Name „reference“ gehört dem Modell in voller Genauigkeit</translation>
    </message>
    <message>
        <source>Choose another id.</source>
        <translation>Einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>Give one of them an id of its own.</source>
        <translation>Einer von beiden einen eigenen Namen geben.</translation>
    </message>
    <message>
        <source>cannot read the run specification</source>
        <translation>die Laufbeschreibung kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>Check the path and its permissions.</source>
        <translation>Den Pfad und seine Rechte prüfen.</translation>
    </message>
    <message>
        <source>Did you mean &apos;%1&apos;? %2</source>
        <translation>Gemeint ist vielleicht „%1“. %2</translation>
    </message>
    <message>
        <source>&apos;%1&apos; belongs to a variant, not to the run</source>
        <translation>„%1“ gehört zu einer Variante, nicht zum Lauf</translation>
    </message>
    <message>
        <source>No variant here has a stage %1.</source>
        <translation>Keine Variante hier hat eine Stufe %1.</translation>
    </message>
    <message>
        <source>Write %1.</source>
        <translation>%1 schreiben.</translation>
    </message>
    <message>
        <source>a run specification has no parameter &apos;%1&apos;</source>
        <translation>eine Laufbeschreibung hat keinen Parameter „%1“</translation>
    </message>
    <message>
        <source>there is no variant &apos;%1&apos;</source>
        <translation>es gibt keine Variante „%1“</translation>
    </message>
    <message>
        <source>unknown %1 &apos;%2&apos;</source>
        <translation>unbekannt (%1): „%2“</translation>
    </message>
    <message>
        <source>scale rule &apos;%1&apos; is not defined for %2</source>
        <translation>die Skalenregel „%1“ ist für %2 nicht definiert</translation>
    </message>
    <message>
        <source>Defined for it: %1.</source>
        <translation>Dafür definiert: %1.</translation>
    </message>
    <message>
        <source>a recipe needs an id of lower-case letters, digits, &apos;-&apos;, &apos;_&apos; or &apos;+&apos;</source>
        <translation>ein Rezept braucht einen Namen aus Kleinbuchstaben, Ziffern, „-“, „_“ oder „+“</translation>
    </message>
    <message>
        <source>unknown family &apos;%1&apos;</source>
        <translation>unbekannte Familie „%1“</translation>
    </message>
    <message>
        <source>filled is %1 although the weights are rounded by %2</source>
        <translation>filled ist %1, obwohl die Gewichte mit %2 gerundet werden</translation>
    </message>
    <message>
        <source>Leave the key out: it follows from the round stage.</source>
        <translation>Den Schlüssel weglassen: er folgt aus der Stufe round.</translation>
    </message>
    <message>
        <source>expected a map of %1, found %2</source>
        <translation>erwartet ist eine Abbildung (%1), gefunden: %2</translation>
    </message>
    <message>
        <source>expected a text, found %1</source>
        <translation>erwartet ist ein Text, gefunden: %1</translation>
    </message>
    <message>
        <source>a recipe needs a list of passes</source>
        <translation>ein Rezept braucht eine Liste von Durchgängen</translation>
    </message>
    <message>
        <source>more than 16 passes</source>
        <translation>mehr als 16 Durchgänge</translation>
    </message>
    <message>
        <source>unknown scope &apos;%1&apos;</source>
        <translation>unbekannter scope „%1“</translation>
    </message>
    <message>
        <source>unknown stream &apos;%1&apos;</source>
        <translation>unbekannter Strom „%1“</translation>
    </message>
    <message>
        <source>mixedFrom is a share of the epochs, 0 to 1</source>
        <translation>mixedFrom ist ein Anteil der Epochen, 0 bis 1</translation>
    </message>
    <message>
        <source>a pass needs a list of stages</source>
        <translation>ein Durchgang braucht eine Liste von Stufen</translation>
    </message>
    <message>
        <source>a stage is written as one key with its parameters, such as round: {kind: gptq}</source>
        <translation>eine Stufe wird als ein Schlüssel mit seinen Parametern geschrieben, etwa round: {kind: gptq}</translation>
    </message>
    <message>
        <source>unknown stage &apos;%1&apos;</source>
        <translation>unbekannte Stufe „%1“</translation>
    </message>
    <message>
        <source>a recipe has no parameter &apos;%1&apos;</source>
        <translation>ein Rezept hat keinen Parameter „%1“</translation>
    </message>
    <message>
        <source>recipe %1</source>
        <translation>Rezept %1</translation>
    </message>
    <message>
        <source>there is no &apos;%1&apos; here</source>
        <translation>es gibt hier kein „%1“</translation>
    </message>
    <message>
        <source>a preset is a map with id, passes and more</source>
        <translation>eine Voreinstellung ist eine Abbildung mit id, passes und mehr</translation>
    </message>
    <message>
        <source>budgets is a map of maps, such as paper: {train.epochs: 5}</source>
        <translation>budgets ist eine Abbildung von Abbildungen, etwa paper: {train.epochs: 5}</translation>
    </message>
    <message>
        <source>own is a map, such as {settings.scaleRule: floor}</source>
        <translation>own ist eine Abbildung, etwa {settings.scaleRule: floor}</translation>
    </message>
    <message>
        <source>order is a whole number</source>
        <translation>order ist eine ganze Zahl</translation>
    </message>
    <message>
        <source>aliases is a list of names</source>
        <translation>aliases ist eine Liste von Namen</translation>
    </message>
    <message>
        <source>there is already a preset &apos;%1&apos;</source>
        <translation>es gibt schon eine Voreinstellung „%1“</translation>
    </message>
    <message>
        <source>cannot read the folder of presets: %1</source>
        <translation>der Ordner der Voreinstellungen kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot read the preset</source>
        <translation>die Voreinstellung kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>Check its permissions.</source>
        <translation>Ihre Rechte prüfen.</translation>
    </message>
    <message>
        <source>unknown preset &apos;%1&apos;</source>
        <translation>unbekannte Voreinstellung „%1“</translation>
    </message>
    <message>
        <source>preset &apos;%1&apos; has no budget &apos;%2&apos;</source>
        <translation>die Voreinstellung „%1“ hat kein Budget „%2“</translation>
    </message>
    <message>
        <source>training steps run one by one: the GPU has not enough memory beside a recorded graph</source>
        <translation>Trainingsschritte laufen einzeln: Neben einem aufgezeichneten Graphen reicht der GPU-Speicher nicht</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no site</source>
        <translation>„%1“ ist keine Stelle</translation>
    </message>
    <message>
        <source>Sites are T1, T2, T3, T4, K, V and R.</source>
        <translation>Stellen sind T1, T2, T3, T4, K, V und R.</translation>
    </message>
    <message>
        <source>%1: refining activation codes</source>
        <translation>%1: Aktivierungscodes verfeinern</translation>
    </message>
</context>
<context>
    <name>parameters</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Analysis</source>
        <translation>Analyse</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>A folder with config.json and safetensors, a GGUF file, or demo.</source>
        <translation>Ein Ordner mit config.json und Safetensors, eine GGUF-Datei oder demo.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Of everything random: sampling, batches, initial rotations. The same seed gives the same bytes.</source>
        <translation>Alles Zufälligen: Erzeugen von Text, Stapel, anfängliche Drehungen. Derselbe Startwert gibt dieselben Bytes.</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>Vertrag</translation>
    </message>
    <message>
        <source>Uniform: every variant uses the scale rule and ties below. Own: each recipe keeps its own.</source>
        <translation>Uniform: jede Variante nutzt Skalenregel und Rundung der Mitten von unten. Own: jedes Rezept behält seine eigenen.</translation>
    </message>
    <message>
        <source>Scale rule</source>
        <translation>Skalenregel</translation>
    </message>
    <message>
        <source>How a block&apos;s power-of-two scale follows from its maximum (uniform contract).</source>
        <translation>Wie die Zweierpotenz-Skala eines Blocks aus seinem Maximum folgt (Vertrag uniform).</translation>
    </message>
    <message>
        <source>Ties</source>
        <translation>Mitten</translation>
    </message>
    <message>
        <source>Where an element exactly between two codes goes (uniform contract).</source>
        <translation>Wohin ein Element genau zwischen zwei Codes gerundet wird (Vertrag uniform).</translation>
    </message>
    <message>
        <source>Weight format</source>
        <translation>Format der Gewichte</translation>
    </message>
    <message>
        <source>Blocks lie along the contraction axis. int4 has one scale and zero point an output row, int4-g128 one a group.</source>
        <translation>Blöcke liegen entlang der Summationsachse. int4 hat eine Skala und einen Nullpunkt je Ausgangszeile, int4-g128 je Gruppe.</translation>
    </message>
    <message>
        <source>Activation format</source>
        <translation>Format der Aktivierungen</translation>
    </message>
    <message>
        <source>Blocks lie along the contraction axis. int4 has one scale a token. None leaves activations alone (W4A16).</source>
        <translation>Blöcke liegen entlang der Summationsachse. int4 hat eine Skala je Token. None lässt Aktivierungen unberührt (W4A16).</translation>
    </message>
    <message>
        <source>NVFP4 tensor factor</source>
        <translation>NVFP4-Tensorfaktor</translation>
    </message>
    <message>
        <source>Of NVFP4 activations. Calibrated: from the largest calibration value of a site. Dynamic: from each token&apos;s own largest value.</source>
        <translation>Der NVFP4-Aktivierungen. Calibrated: aus dem größten Kalibrierwert einer Stelle. Dynamic: aus dem größten Wert jedes Tokens.</translation>
    </message>
    <message>
        <source>KV cache format</source>
        <translation>Format des KV-Caches</translation>
    </message>
    <message>
        <source>Of each token and head, along head_dim; K after RoPE. bf16 leaves keys and values alone.</source>
        <translation>Jedes Tokens und Kopfs, entlang head_dim; K nach RoPE. bf16 lässt Schlüssel und Werte unberührt.</translation>
    </message>
    <message>
        <source>Compute type</source>
        <translation>Rechentyp</translation>
    </message>
    <message>
        <source>Of the evaluation; products accumulate in fp32 either way.</source>
        <translation>Der Bewertung; Produkte werden so oder so in fp32 summiert.</translation>
    </message>
    <message>
        <source>Evaluation text</source>
        <translation>Bewertungstext</translation>
    </message>
    <message>
        <source>wikitext2 (test), wikitext2-valid, gsm8k (test), or a UTF-8 text file.</source>
        <translation>wikitext2 (Test), wikitext2-valid, gsm8k (Test) oder eine Textdatei in UTF-8.</translation>
    </message>
    <message>
        <source>Window length</source>
        <translation>Fensterlänge</translation>
    </message>
    <message>
        <source>Windows do not overlap; each is scored on its own.</source>
        <translation>Fenster überlappen nicht; jedes wird für sich gewertet.</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>The first so many windows of the text; -1 takes all.</source>
        <translation>So viele Fenster vom Anfang des Textes; -1 nimmt alle.</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Self: text sampled from the model itself. File: random windows of a text file. Mixed: both.</source>
        <translation>Self: vom Modell selbst erzeugter Text. File: zufällige Fenster einer Textdatei. Mixed: beides.</translation>
    </message>
    <message>
        <source>Text file</source>
        <translation>Textdatei</translation>
    </message>
    <message>
        <source>UTF-8 text; used when the source is file or mixed.</source>
        <translation>Text in UTF-8; benutzt, wenn die Quelle file oder mixed ist.</translation>
    </message>
    <message>
        <source>Share of the file</source>
        <translation>Anteil der Datei</translation>
    </message>
    <message>
        <source>With mixed: the share of the sequences that comes from the text file.</source>
        <translation>Bei mixed: der Anteil der Folgen, der aus der Textdatei kommt.</translation>
    </message>
    <message>
        <source>Sequences</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>32 is a desk budget; papers use 128 to 1024.</source>
        <translation>32 ist ein Maß für den Schreibtisch; Veröffentlichungen nehmen 128 bis 1024.</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Of each sequence.</source>
        <translation>Jeder Folge.</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Of the sampling; 0 is greedy.</source>
        <translation>Des Erzeugens; 0 nimmt immer das wahrscheinlichste.</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Keeps the likeliest tokens up to this probability; 1 keeps all.</source>
        <translation>Behält die wahrscheinlichsten Token bis zu dieser Wahrscheinlichkeit; 1 behält alle.</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top k</translation>
    </message>
    <message>
        <source>Keeps the k likeliest tokens; 0 keeps all.</source>
        <translation>Behält die k wahrscheinlichsten Token; 0 behält alle.</translation>
    </message>
    <message>
        <source>Analyse</source>
        <translation>Analysieren</translation>
    </message>
    <message>
        <source>Block energies, histograms and code use of every site, before and after each variant.</source>
        <translation>Blockenergien, Histogramme und Codenutzung jeder Stelle, vor und nach jeder Variante.</translation>
    </message>
    <message>
        <source>Histogram bins</source>
        <translation>Klassen des Histogramms</translation>
    </message>
    <message>
        <source>Of x/scale, per block.</source>
        <translation>Von x/Skala, je Block.</translation>
    </message>
    <message>
        <source>Sample tokens</source>
        <translation>Beispieltoken</translation>
    </message>
    <message>
        <source>Tokens of the first calibration sequence shown token by token.</source>
        <translation>Token der ersten Kalibrierfolge, die einzeln gezeigt werden.</translation>
    </message>
    <message>
        <source>Error by site</source>
        <translation>Fehler je Stelle</translation>
    </message>
    <message>
        <source>After each variant: the divergence when only one site (its activations and weights, in all layers) is quantized. Keeps the unrounded layers while it runs (2 bytes a weight).</source>
        <translation>Nach jeder Variante: die Divergenz, wenn nur eine Stelle (ihre Aktivierungen und Gewichte, in allen Schichten) quantisiert ist. Behält dafür die ungerundeten Schichten (2 Byte je Gewicht).</translation>
    </message>
    <message>
        <source>Windows by site</source>
        <translation>Fenster je Stelle</translation>
    </message>
    <message>
        <source>The first so many evaluation windows, for the error by site.</source>
        <translation>So viele Fenster vom Anfang der Bewertung, für den Fehler je Stelle.</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>Perplexity and divergence from the full-precision model.</source>
        <translation>Perplexität und Divergenz vom Modell in voller Genauigkeit.</translation>
    </message>
    <message>
        <source>Other texts</source>
        <translation>Weitere Texte</translation>
    </message>
    <message>
        <source>Evaluated after protocol.text on as many windows; each gets a table of its own.</source>
        <translation>Nach protocol.text auf ebenso vielen Fenstern bewertet; jeder bekommt eine eigene Tabelle.</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Next token: cross entropy of the text, as published. Divergence: from the full-precision model&apos;s predictions.</source>
        <translation>Next token: Kreuzentropie des Textes, wie veröffentlicht. Divergence: Abstand von den Vorhersagen des Modells in voller Genauigkeit.</translation>
    </message>
    <message>
        <source>Blocks of the stream</source>
        <translation>Blöcke des Stroms</translation>
    </message>
    <message>
        <source>With rotate.residual: block-hadamard. Shared: one block for the whole stream; private: each block learns its own. Heads of V always learn their own.</source>
        <translation>Mit rotate.residual: block-hadamard. Shared: ein Block für den ganzen Strom; private: jeder Block lernt seinen eigenen. Köpfe von V lernen immer ihren eigenen.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Of the optimizer.</source>
        <translation>Des Optimierers.</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Sequences a step.</source>
        <translation>Folgen je Schritt.</translation>
    </message>
    <message>
        <source>sequences</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>A set of its own: it shares no text with the layer pass&apos;s calibration set.</source>
        <translation>Eine eigene Menge: sie teilt keinen Text mit den Kalibrierdaten des Schichtdurchgangs.</translation>
    </message>
    <message>
        <source>Tokens of each sequence; 0: as in the calibration.</source>
        <translation>Token jeder Folge; 0: wie bei der Kalibrierung.</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Where the sequences come from: as the calibration&apos;s, sampled from the model itself, windows of the calibration&apos;s text file, or both.</source>
        <translation>Woher die Folgen kommen: wie bei der Kalibrierung, vom Modell selbst erzeugt, Fenster der Textdatei der Kalibrierung oder beides.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Length of a step along the rotation&apos;s tangent; the step never passes 1 over the tangent&apos;s largest column sum.</source>
        <translation>Länge eines Schritts entlang der Tangente der Drehung; er ist nie länger als 1 durch die größte Spaltensumme der Tangente.</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Trägheit</translation>
    </message>
    <message>
        <source>Share of the last tangent that stays in the next; 0 as published.</source>
        <translation>Anteil der letzten Tangente, der in der nächsten bleibt; 0 wie veröffentlicht.</translation>
    </message>
    <message>
        <source>Cayley iterations</source>
        <translation>Cayley-Iterationen</translation>
    </message>
    <message>
        <source>Of the fixed point that stands for the matrix inverse of the Cayley transform.</source>
        <translation>Des Fixpunkts, der für die inverse Matrix der Cayley-Transformation steht.</translation>
    </message>
    <message>
        <source>Retraction</source>
        <translation>Rückführung</translation>
    </message>
    <message>
        <source>Share of the steps, drawn by the seed, that put a rotation back on the orthogonal matrices by a QR factorization; its rows are normalised in every step, and the end is always exact.</source>
        <translation>Anteil der Schritte, nach dem Startwert gezogen, die eine Drehung durch eine QR-Zerlegung auf die orthogonalen Matrizen zurückführen; ihre Zeilen werden in jedem Schritt normiert, und das Ende ist immer genau.</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>Anlauf</translation>
    </message>
    <message>
        <source>Steps over which the rate rises linearly.</source>
        <translation>Schritte, über die die Rate linear steigt.</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Final rate factor</source>
        <translation>Faktor der Endrate</translation>
    </message>
    <message>
        <source>Rate at the end of the cosine over the full rate.</source>
        <translation>Rate am Ende des Kosinus durch die volle Rate.</translation>
    </message>
    <message>
        <source>Weights in the loop</source>
        <translation>Gewichte beim Lernen</translation>
    </message>
    <message>
        <source>None: 16-bit weights, as published where GPTQ follows. RTN: rotated weights are rounded in every step.</source>
        <translation>None: Gewichte mit 16 Bit, wie veröffentlicht, wo GPTQ folgt. RTN: gedrehte Gewichte werden in jedem Schritt gerundet.</translation>
    </message>
    <message>
        <source>Of the divergence: both sides&apos; logits are divided by it.</source>
        <translation>Der Divergenz: die Logits beider Seiten werden durch sie geteilt.</translation>
    </message>
    <message>
        <source>Scale gradient</source>
        <translation>Gradient der Skala</translation>
    </message>
    <message>
        <source>Routes the gradient of a block&apos;s scale to its largest element.</source>
        <translation>Leitet den Gradienten der Blockskala zum größten Element.</translation>
    </message>
    <message>
        <source>Mask saturated</source>
        <translation>Gesättigte ausblenden</translation>
    </message>
    <message>
        <source>No gradient through saturated elements.</source>
        <translation>Kein Gradient durch gesättigte Elemente.</translation>
    </message>
    <message>
        <source>Checkpoint every</source>
        <translation>Sicherung alle</translation>
    </message>
    <message>
        <source>A killed job resumes from the last of these.</source>
        <translation>Ein abgebrochener Auftrag geht von der letzten aus weiter.</translation>
    </message>
    <message>
        <source>Overrides</source>
        <translation>Ausnahmen</translation>
    </message>
    <message>
        <source>Bit formats that differ from the protocol&apos;s, such as T4:activations=mxfp8-e4m3, layers 0-1:all:weights=mxfp8-e4m3, down_proj:weights=none or K:cache=int8. Later ones win.</source>
        <translation>Zahlenformate, die vom Protokoll abweichen, etwa T4:activations=mxfp8-e4m3, layers 0-1:all:weights=mxfp8-e4m3, down_proj:weights=none oder K:cache=int8. Spätere gelten.</translation>
    </message>
    <message>
        <source>Residual stream</source>
        <translation>Residualstrom</translation>
    </message>
    <message>
        <source>Rotation of the residual stream, fused into the weights (R1). Hadamard: over the whole width, as in QuaRot; block-hadamard: within blocks, as in BRQ.</source>
        <translation>Drehung des Residualstroms, in die Gewichte eingerechnet (R1). Hadamard: über die ganze Breite, wie bei QuaRot; block-hadamard: in Blöcken, wie bei BRQ.</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Rotation of each head of V, fused into V and o (R2). Hadamard: over the head; block-hadamard: within blocks of the head.</source>
        <translation>Drehung jedes Kopfs von V, in V und o eingerechnet (R2). Hadamard: über den Kopf; block-hadamard: in Blöcken des Kopfs.</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Of the block rotations. Where it does not divide the width, the largest smaller power of two that does.</source>
        <translation>Der Blockdrehungen. Wo er die Breite nicht teilt, die größte kleinere Zweierpotenz, die es tut.</translation>
    </message>
    <message>
        <source>channels</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>Random signs</source>
        <translation>Zufällige Vorzeichen</translation>
    </message>
    <message>
        <source>Turns the sign of every second channel on average before the residual&apos;s Hadamard matrix, by the seed; block-hadamard repeats one block&apos;s signs.</source>
        <translation>Kehrt vor der Hadamard-Matrix des Residualstroms im Mittel das Vorzeichen jedes zweiten Kanals um, nach dem Startwert; block-hadamard wiederholt die Vorzeichen eines Blocks.</translation>
    </message>
    <message>
        <source>Diagonal</source>
        <translation>Diagonale</translation>
    </message>
    <message>
        <source>Scale per channel, folded into the producer. Balanced: (B_jj/A_jj)^alpha of the second moments; SmoothQuant: max|w|^(1-alpha) / max|x|^alpha; AWQ: mean|x|^-r with r searched on the parent block&apos;s output.</source>
        <translation>Faktor je Kanal, in den Erzeuger eingerechnet. Balanced: (B_jj/A_jj)^alpha der zweiten Momente; SmoothQuant: max|w|^(1-alpha) / max|x|^alpha; AWQ: mean|x|^-r, r am Ausgang des übergeordneten Blocks gesucht.</translation>
    </message>
    <message>
        <source>Exponent</source>
        <translation>Exponent</translation>
    </message>
    <message>
        <source>0.25 balances both sides; SmoothQuant&apos;s usual value is 0.5 to 0.6.</source>
        <translation>0,25 gleicht beide Seiten aus; bei SmoothQuant sind 0,5 bis 0,6 üblich.</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Stellen</translation>
    </message>
    <message>
        <source>Where the diagonal is folded and channels are permuted.</source>
        <translation>Wo die Diagonale eingerechnet und die Kanäle vertauscht werden.</translation>
    </message>
    <message>
        <source>Permutation</source>
        <translation>Vertauschung</translation>
    </message>
    <message>
        <source>Order of the channels at T4 and within each head at T2, by their largest magnitude. Zigzag deals them evenly over the blocks; cluster puts the largest together.</source>
        <translation>Reihenfolge der Kanäle an T4 und in jedem Kopf an T2, nach ihrem größten Betrag. Zigzag verteilt sie gleichmäßig auf die Blöcke; cluster legt die größten zusammen.</translation>
    </message>
    <message>
        <source>Grouped values</source>
        <translation>Gruppierte Werte</translation>
    </message>
    <message>
        <source>T2 where query heads share a value head. Tied: the geometric mean over the group; skip: no diagonal, as in AWQ.</source>
        <translation>T2, wo sich Anfrageköpfe einen Wertekopf teilen. Tied: das geometrische Mittel der Gruppe; skip: keine Diagonale, wie bei AWQ.</translation>
    </message>
    <message>
        <source>Search with activations</source>
        <translation>Suche mit Aktivierungen</translation>
    </message>
    <message>
        <source>AWQ&apos;s search also rounds the site&apos;s activations; the original rounds weights only.</source>
        <translation>Die Suche von AWQ rundet auch die Aktivierungen der Stelle; das Original rundet nur Gewichte.</translation>
    </message>
    <message>
        <source>Search sequences</source>
        <translation>Suchfolgen</translation>
    </message>
    <message>
        <source>Calibration sequences AWQ&apos;s search runs on; 0 takes all.</source>
        <translation>Kalibrierfolgen, auf denen die Suche von AWQ läuft; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>P_k of K after RoPE, online; Q gets its inverse. Hadamard: 32-point blocks. Hadamard-head: over the whole head. GPK: B_i (x) A. Only where the protocol quantizes the cache.</source>
        <translation>P_k von K nach RoPE, zur Laufzeit; Q bekommt die Inverse. Hadamard: Blöcke von 32 Punkten. Hadamard-head: über den ganzen Kopf. GPK: B_i (x) A. Nur wo das Protokoll den Cache quantisiert.</translation>
    </message>
    <message>
        <source>P_v of each key/value head, fused into W_v and undone in W_o. Hadamard: 32-point blocks. Hadamard-head: over the whole head. GPK: B_i (x) A. Only where the protocol quantizes the cache.</source>
        <translation>P_v jedes Schlüssel-Werte-Kopfs, in W_v eingerechnet und in W_o zurückgenommen. Hadamard: Blöcke von 32 Punkten. Hadamard-head: über den ganzen Kopf. GPK: B_i (x) A. Nur wo das Protokoll den Cache quantisiert.</translation>
    </message>
    <message>
        <source>Shared factor</source>
        <translation>Gemeinsamer Faktor</translation>
    </message>
    <message>
        <source>Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128 and divide head_dim.</source>
        <translation>Größe von A; eine Zweierpotenz. g1*g2 muss 16, 32, 64 oder 128 sein und head_dim teilen.</translation>
    </message>
    <message>
        <source>Private factor</source>
        <translation>Eigener Faktor</translation>
    </message>
    <message>
        <source>Size of each B_i; a power of two.</source>
        <translation>Größe jedes B_i; eine Zweierpotenz.</translation>
    </message>
    <message>
        <source>Start of GPK</source>
        <translation>Anfang von GPK</translation>
    </message>
    <message>
        <source>Closed form balances the second moments of K and Q, and of V and W_o.</source>
        <translation>Die geschlossene Form gleicht die zweiten Momente von K und Q sowie von V und W_o aus.</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Online transform at a site. Hadamard: fixed, of `size`. GPK: blocks B_i (x) A, A shared by all blocks. Dense: a private matrix for every block of `size`. Kronecker: P_L (x) P_R over the whole width (FlatQuant); at T2 over heads and head dimension, the latter fused into V.</source>
        <translation>Transformation einer Stelle zur Laufzeit. Hadamard: fest, mit `size`. GPK: Blöcke B_i (x) A, A für alle Blöcke gemeinsam. Dense: eine eigene Matrix für jeden Block von `size`. Kronecker: P_L (x) P_R über die ganze Breite (FlatQuant); an T2 über Köpfe und Kopfbreite, Letztere in V eingerechnet.</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Block of a Hadamard or dense transform. Full: one Hadamard matrix over the whole width; at T2 with rotate.values: hadamard only across the heads, since V carries the rest.</source>
        <translation>Block einer Hadamard- oder dichten Transformation. Full: eine Hadamard-Matrix über die ganze Breite; an T2 mit rotate.values: hadamard nur über die Köpfe, da V den Rest trägt.</translation>
    </message>
    <message>
        <source>Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128.</source>
        <translation>Größe von A; eine Zweierpotenz. g1*g2 muss 16, 32, 64 oder 128 sein.</translation>
    </message>
    <message>
        <source>Parametrization</source>
        <translation>Parametrisierung</translation>
    </message>
    <message>
        <source>Affine: any invertible factor. Orthogonal: rotations only. SVD: U diag(s) V^T with rotations U and V (FlatQuant).</source>
        <translation>Affine: jeder umkehrbare Faktor. Orthogonal: nur Drehungen. SVD: U diag(s) V^T mit Drehungen U und V (FlatQuant).</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>Closed form fits the factors to the blocks&apos; second moments (WUSH); Hadamard starts exactly at MR-GPTQ. Dense only: HiRes takes the arithmetic mean of both geometries, greedy rotates the largest channel away again and again (DuQuant).</source>
        <translation>Die geschlossene Form passt die Faktoren den zweiten Momenten der Blöcke an (WUSH); Hadamard beginnt genau bei MR-GPTQ. Nur für dichte: HiRes nimmt das arithmetische Mittel beider Geometrien, greedy dreht immer wieder den größten Kanal weg (DuQuant).</translation>
    </message>
    <message>
        <source>Second moments</source>
        <translation>Zweite Momente</translation>
    </message>
    <message>
        <source>Of the activations in a closed-form, HiRes or greedy start. Marginal: of the block alone; conditional: what the blocks before it leave (Cholesky, as in WUSH&apos;s code).</source>
        <translation>Der Aktivierungen bei einem Anfang in geschlossener Form, HiRes oder greedy. Marginal: des Blocks allein; conditional: was die Blöcke davor übrig lassen (Cholesky, wie im Code von WUSH).</translation>
    </message>
    <message>
        <source>Moment damping</source>
        <translation>Dämpfung der Momente</translation>
    </message>
    <message>
        <source>Share of a block&apos;s mean second moment added to its diagonal.</source>
        <translation>Anteil des mittleren zweiten Moments eines Blocks, der zu seiner Diagonale kommt.</translation>
    </message>
    <message>
        <source>Greedy steps</source>
        <translation>Greedy-Schritte</translation>
    </message>
    <message>
        <source>Rotations tried for a greedy start.</source>
        <translation>Drehungen, die für einen Greedy-Anfang versucht werden.</translation>
    </message>
    <message>
        <source>Condition cap</source>
        <translation>Konditionsgrenze</translation>
    </message>
    <message>
        <source>Largest condition number of a factor; 0 sets no cap.</source>
        <translation>Größte Konditionszahl eines Faktors; 0 setzt keine Grenze.</translation>
    </message>
    <message>
        <source>Where the transform is applied.</source>
        <translation>Wo die Transformation angewandt wird.</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>Learnable clipping of each block&apos;s minimum and maximum: one pair a site, or one pair a block.</source>
        <translation>Lernbares Beschneiden von Minimum und Maximum jedes Blocks: ein Paar je Stelle oder ein Paar je Block.</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Clipping of weight blocks. Row: one learnable pair an output row. Search: AWQ&apos;s grid, each block at the share of its maximum with the least output error.</source>
        <translation>Beschneiden der Gewichtsblöcke. Row: ein lernbares Paar je Ausgangszeile. Search: das Raster von AWQ, jeder Block mit dem Anteil seines Maximums, der den kleinsten Ausgangsfehler gibt.</translation>
    </message>
    <message>
        <source>Search grid</source>
        <translation>Suchraster</translation>
    </message>
    <message>
        <source>Shares tried are 1 - i/steps (weights: search).</source>
        <translation>Versucht werden die Anteile 1 - i/Schritte (weights: search).</translation>
    </message>
    <message>
        <source>Search depth</source>
        <translation>Suchtiefe</translation>
    </message>
    <message>
        <source>The search stops before one minus this share of the maximum.</source>
        <translation>Die Suche endet vor eins minus diesem Anteil des Maximums.</translation>
    </message>
    <message>
        <source>Skip q and k</source>
        <translation>q und k auslassen</translation>
    </message>
    <message>
        <source>The search leaves q and k alone, as AWQ does: their output error says little about the attention it makes.</source>
        <translation>Die Suche lässt q und k wie AWQ unberührt: ihr Ausgangsfehler sagt wenig über die Aufmerksamkeit, die daraus wird.</translation>
    </message>
    <message>
        <source>Logit of the clip ratio; 4 means 0.982.</source>
        <translation>Logit des Beschneidungsverhältnisses; 4 bedeutet 0,982.</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epochen</translation>
    </message>
    <message>
        <source>Passes over the calibration sequences, layer by layer.</source>
        <translation>Durchgänge durch die Kalibrierfolgen, Schicht um Schicht.</translation>
    </message>
    <message>
        <source>Of AdamW, at the start of the cosine.</source>
        <translation>Von AdamW, am Anfang des Kosinus.</translation>
    </message>
    <message>
        <source>Clip rate factor</source>
        <translation>Faktor der Beschneidungsrate</translation>
    </message>
    <message>
        <source>Learning rate of the clip logits over the learning rate.</source>
        <translation>Lernrate der Beschneidungs-Logits durch die Lernrate.</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>Gewichtszerfall</translation>
    </message>
    <message>
        <source>Of AdamW, decoupled.</source>
        <translation>Von AdamW, entkoppelt.</translation>
    </message>
    <message>
        <source>Learning rate at the end of the cosine over the learning rate.</source>
        <translation>Lernrate am Ende des Kosinus durch die Lernrate.</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>Gradientennorm</translation>
    </message>
    <message>
        <source>Gradients are scaled down to this norm; 0 is off.</source>
        <translation>Gradienten werden auf diese Norm verkleinert; 0 schaltet es ab.</translation>
    </message>
    <message>
        <source>Normalise loss</source>
        <translation>Verlust normieren</translation>
    </message>
    <message>
        <source>Trains on L / stop-gradient(L), so that layers of any scale take equal steps.</source>
        <translation>Trainiert auf L / stop-gradient(L), damit Schichten jeder Größe gleiche Schritte machen.</translation>
    </message>
    <message>
        <source>No gradient through saturated elements; off: straight through everything (microxcaling).</source>
        <translation>Kein Gradient durch gesättigte Elemente; aus: gerade durch alles hindurch (microxcaling).</translation>
    </message>
    <message>
        <source>Train diagonal</source>
        <translation>Diagonale trainieren</translation>
    </message>
    <message>
        <source>Also trains the folded diagonal.</source>
        <translation>Trainiert auch die eingerechnete Diagonale.</translation>
    </message>
    <message>
        <source>RTN: weights are rounded in every step. None: full-precision weights.</source>
        <translation>RTN: Gewichte werden in jedem Schritt gerundet. None: Gewichte in voller Genauigkeit.</translation>
    </message>
    <message>
        <source>Calibration sequences to train on; 0 takes all.</source>
        <translation>Kalibrierfolgen, auf denen trainiert wird; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>Tokens of each sequence to train on; 0 takes all.</source>
        <translation>Token jeder Folge, auf denen trainiert wird; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Of the bf16 branch of each linear that takes the largest singular directions of the transformed weight; only the rest is quantized. The branch reads the unquantized numbers and costs rank x (in + out) multiply-adds a linear.</source>
        <translation>Des bf16-Zweigs jeder Linearschicht, der die größten Singulärrichtungen des transformierten Gewichts trägt; nur der Rest wird quantisiert. Der Zweig liest die unquantisierten Zahlen und kostet Rang x (ein + aus) Multiplikationen und Additionen je Linearschicht.</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>Iterationen</translation>
    </message>
    <message>
        <source>Of the randomised subspace iteration that finds the directions.</source>
        <translation>Der zufälligen Unterraumiteration, die die Richtungen findet.</translation>
    </message>
    <message>
        <source>RTN: each weight to its nearest code. GPTQ: column by column with error feedback. Babai: block by block from the last one, each solved for the blocks behind it. Learned: offsets of the codes trained on the layer&apos;s output by signed gradients.</source>
        <translation>RTN: jedes Gewicht auf seinen nächsten Code. GPTQ: Spalte um Spalte mit Fehlerrückführung. Babai: Block um Block vom letzten her, jeder für die Blöcke dahinter gelöst. Learned: Versätze der Codes, am Ausgang der Schicht mit Vorzeichengradienten gelernt.</translation>
    </message>
    <message>
        <source>Damping</source>
        <translation>Dämpfung</translation>
    </message>
    <message>
        <source>Share of the mean diagonal added to the Hessian.</source>
        <translation>Anteil der mittleren Diagonale, der zur Hesse-Matrix kommt.</translation>
    </message>
    <message>
        <source>Column block</source>
        <translation>Spaltenblock</translation>
    </message>
    <message>
        <source>Columns between two lazy updates; no effect on the result but its rounding.</source>
        <translation>Spalten zwischen zwei aufgeschobenen Nachführungen; ändert am Ergebnis nur die Rundung.</translation>
    </message>
    <message>
        <source>columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Of GPTQ&apos;s columns. Activation: by falling Hessian diagonal (with dynamic scales whole blocks by their mean, then the columns of each). Natural: as they stand. Reversed: from the last.</source>
        <translation>Der Spalten von GPTQ. Activation: nach fallender Diagonale der Hesse-Matrix (mit dynamischen Skalen ganze Blöcke nach ihrem Mittel, dann die Spalten jedes Blocks). Natural: wie sie stehen. Reversed: von der letzten her.</translation>
    </message>
    <message>
        <source>Block scales</source>
        <translation>Blockskalen</translation>
    </message>
    <message>
        <source>Static: fixed from the weights before the loop. Dynamic: from the weights as they have been updated when the block&apos;s turn comes.</source>
        <translation>Static: vor dem Durchlauf aus den Gewichten bestimmt. Dynamic: aus den nachgeführten Gewichten, wenn der Block an der Reihe ist.</translation>
    </message>
    <message>
        <source>Scale search</source>
        <translation>Skalensuche</translation>
    </message>
    <message>
        <source>None: the scale rule. MSE: the neighbouring scale with the least squared error. Hessian: squares weighed by the Hessian&apos;s diagonal. Block: the error that feedback inside the block leaves under its conditional Hessian.</source>
        <translation>None: die Skalenregel. MSE: die benachbarte Skala mit dem kleinsten quadratischen Fehler. Hessian: Quadrate, mit der Diagonale der Hesse-Matrix gewichtet. Block: der Fehler, den die Rückführung im Block unter dessen bedingter Hesse-Matrix lässt.</translation>
    </message>
    <message>
        <source>Search range</source>
        <translation>Suchbereich</translation>
    </message>
    <message>
        <source>Scale bytes tried each way: factors of two for MX formats, about an eighth of an octave for NVFP4.</source>
        <translation>Skalenbytes, die nach jeder Seite versucht werden: Faktoren von zwei bei MX-Formaten, etwa eine Achteloktave bei NVFP4.</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Verstärkung</translation>
    </message>
    <message>
        <source>Least-squares factor of the finished codes, applied in the fp32 epilogue: one a weight, or one an output row.</source>
        <translation>Faktor der fertigen Codes nach kleinsten Quadraten, im fp32-Nachgang angewandt: einer je Gewicht oder einer je Ausgangszeile.</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Plain: the weight. Asymmetric: a weight that on the quantized stream gives what the weight gives on the full-precision one.</source>
        <translation>Plain: das Gewicht. Asymmetric: ein Gewicht, das auf dem quantisierten Strom gibt, was das Gewicht auf dem in voller Genauigkeit gibt.</translation>
    </message>
    <message>
        <source>Correction</source>
        <translation>Berichtigung</translation>
    </message>
    <message>
        <source>Share of the asymmetric correction that is taken.</source>
        <translation>Anteil der asymmetrischen Berichtigung, der genommen wird.</translation>
    </message>
    <message>
        <source>Correction damping</source>
        <translation>Dämpfung der Berichtigung</translation>
    </message>
    <message>
        <source>Ridge of the correction over the mean diagonal; 10 and 100 times as much are tried, and held-out sequences decide.</source>
        <translation>Dämpfung der Berichtigung durch die mittlere Diagonale; auch das 10- und 100-fache wird versucht, zurückgehaltene Folgen entscheiden.</translation>
    </message>
    <message>
        <source>Correction limit</source>
        <translation>Grenze der Berichtigung</translation>
    </message>
    <message>
        <source>A linear whose correction is longer than this share of its weight keeps the plain target.</source>
        <translation>Eine Linearschicht, deren Berichtigung länger als dieser Anteil ihres Gewichts ist, behält das einfache Ziel.</translation>
    </message>
    <message>
        <source>Hessian inputs</source>
        <translation>Eingänge der Hesse-Matrix</translation>
    </message>
    <message>
        <source>Fp: the transformed inputs. Quantized: the same after the activation quantizer.</source>
        <translation>Fp: die transformierten Eingänge. Quantized: dieselben nach dem Quantisierer der Aktivierungen.</translation>
    </message>
    <message>
        <source>Capture order</source>
        <translation>Reihenfolge der Aufnahme</translation>
    </message>
    <message>
        <source>Layer: the inputs of all linears are captured before any is rounded. Sublayer: q, k, v, then o, then gate and up, then down, each on what the rounded ones before give.</source>
        <translation>Layer: die Eingänge aller Linearschichten werden aufgenommen, bevor eine gerundet wird. Sublayer: q, k, v, dann o, dann gate und up, dann down, jede auf dem, was die gerundeten davor geben.</translation>
    </message>
    <message>
        <source>Learning starts from</source>
        <translation>Lernen beginnt bei</translation>
    </message>
    <message>
        <source>The codes that learned rounding starts from and never does worse than.</source>
        <translation>Die Codes, von denen das gelernte Runden ausgeht; schlechter als sie wird es nie.</translation>
    </message>
    <message>
        <source>Learning steps</source>
        <translation>Lernschritte</translation>
    </message>
    <message>
        <source>Signed gradient steps a layer.</source>
        <translation>Vorzeichen-Gradientenschritte je Schicht.</translation>
    </message>
    <message>
        <source>Learning batch</source>
        <translation>Lernstapel</translation>
    </message>
    <message>
        <source>Of the offsets, in grid steps; falls linearly to zero. 0 means 1 over the number of steps.</source>
        <translation>Der Versätze, in Rasterschritten; fällt linear auf null. 0 bedeutet 1 durch die Zahl der Schritte.</translation>
    </message>
    <message>
        <source>Learn block clips</source>
        <translation>Blockgrenzen lernen</translation>
    </message>
    <message>
        <source>Also learns how far each block&apos;s maximum is shrunk before its scale is taken (to one half at most).</source>
        <translation>Lernt auch, wie weit das Maximum jedes Blocks verkleinert wird, bevor seine Skala daraus folgt (höchstens auf die Hälfte).</translation>
    </message>
    <message>
        <source>A killed job resumes learning from the last of these.</source>
        <translation>Ein abgebrochener Auftrag lernt von der letzten aus weiter.</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>Berichtigt</translation>
    </message>
    <message>
        <source>Values: an affine map of each key/value head&apos;s V. Gates: shift and stretch of the gate and stretch of up, in cells of channels.</source>
        <translation>Values: eine affine Abbildung des V jedes Schlüssel-Werte-Kopfs. Gates: Verschiebung und Streckung des Tors und Streckung von up, in Zellen von Kanälen.</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>Zellen</translation>
    </message>
    <message>
        <source>Of the MLP&apos;s channels; each has its own fit.</source>
        <translation>Der Kanäle des MLP; jede hat ihre eigene Anpassung.</translation>
    </message>
    <message>
        <source>Bound</source>
        <translation>Schranke</translation>
    </message>
    <message>
        <source>Largest correction: of a factor, and of a bias over its channel&apos;s spread.</source>
        <translation>Größte Berichtigung: eines Faktors, und einer Verschiebung gemessen an der Streuung ihres Kanals.</translation>
    </message>
    <message>
        <source>Ridge</source>
        <translation>Dämpfung</translation>
    </message>
    <message>
        <source>Share of each correction&apos;s own curvature that is added to it.</source>
        <translation>Anteil der eigenen Krümmung jeder Berichtigung, der ihr zugeschlagen wird.</translation>
    </message>
    <message>
        <source>Shrinkage</source>
        <translation>Schrumpfung</translation>
    </message>
    <message>
        <source>Share of the way that every cell is moved to the median of all cells.</source>
        <translation>Anteil des Wegs, um den jede Zelle zum Median aller Zellen rückt.</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>What a token counts. Relative: its error over its own energy; equal: its error, which lets the massive first token decide.</source>
        <translation>Was ein Token zählt. Relative: sein Fehler durch seine Energie; equal: sein Fehler, womit das riesige erste Token entscheidet.</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>Factors: the online transforms, no longer tied to the weights. Biases: one a linear output. Norms: the diagonals of T1 and T3. Gains: one a weight row. Branch: the low-rank factors. Clips: the activation clip ratios.</source>
        <translation>Factors: die Transformationen zur Laufzeit, nicht mehr an die Gewichte gebunden. Biases: einer je Ausgang einer Linearschicht. Norms: die Diagonalen von T1 und T3. Gains: eine je Gewichtszeile. Branch: die Faktoren des Zweigs niedrigen Rangs. Clips: die Beschneidungsverhältnisse der Aktivierungen.</translation>
    </message>
    <message>
        <source>Codes</source>
        <translation>Codes</translation>
    </message>
    <message>
        <source>Learned: each 4-bit weight code may also move to a neighbour on its grid (about 5 bytes a weight of memory); block scales stand still either way.</source>
        <translation>Learned: jeder 4-Bit-Code eines Gewichts darf auch zu einem Nachbarn auf seinem Raster rücken (etwa 5 Byte Speicher je Gewicht); die Blockskalen stehen so oder so fest.</translation>
    </message>
    <message>
        <source>Code rate</source>
        <translation>Rate der Codes</translation>
    </message>
    <message>
        <source>Learning rate of learned codes, in steps of the grid; one moves at half a step.</source>
        <translation>Lernrate gelernter Codes, in Rasterschritten; einer rückt bei einem halben Schritt.</translation>
    </message>
    <message>
        <source>Of the transform factors; dense blocks want about 4e-4.</source>
        <translation>Der Faktoren der Transformation; dichte Blöcke brauchen etwa 4e-4.</translation>
    </message>
    <message>
        <source>Bias rate</source>
        <translation>Rate der Verschiebungen</translation>
    </message>
    <message>
        <source>Learning rate of the biases.</source>
        <translation>Lernrate der Verschiebungen.</translation>
    </message>
    <message>
        <source>Norm rate</source>
        <translation>Rate der Normen</translation>
    </message>
    <message>
        <source>Learning rate of the norm weights, relative to their start.</source>
        <translation>Lernrate der Normgewichte, bezogen auf ihren Anfang.</translation>
    </message>
    <message>
        <source>Gain rate</source>
        <translation>Rate der Verstärkungen</translation>
    </message>
    <message>
        <source>Learning rate of the row gains.</source>
        <translation>Lernrate der Zeilenverstärkungen.</translation>
    </message>
    <message>
        <source>Branch rate</source>
        <translation>Rate des Zweigs</translation>
    </message>
    <message>
        <source>Learning rate of the low-rank factors; 5e-4 was seen to diverge.</source>
        <translation>Lernrate der Faktoren niedrigen Rangs; bei 5e-4 wurde Auseinanderlaufen gesehen.</translation>
    </message>
    <message>
        <source>Clip rate</source>
        <translation>Rate des Beschneidens</translation>
    </message>
    <message>
        <source>Learning rate of the clip logits.</source>
        <translation>Lernrate der Beschneidungs-Logits.</translation>
    </message>
    <message>
        <source>Steps over which the rates rise linearly.</source>
        <translation>Schritte, über die die Raten linear steigen.</translation>
    </message>
    <message>
        <source>Rates at the end of the cosine over the full rates.</source>
        <translation>Raten am Ende des Kosinus durch die vollen Raten.</translation>
    </message>
    <message>
        <source>Beta 1</source>
        <translation>Beta 1</translation>
    </message>
    <message>
        <source>Of Adam&apos;s mean.</source>
        <translation>Von Adams Mittel.</translation>
    </message>
    <message>
        <source>Beta 2</source>
        <translation>Beta 2</translation>
    </message>
    <message>
        <source>Of Adam&apos;s second moment.</source>
        <translation>Von Adams zweitem Moment.</translation>
    </message>
    <message>
        <source>Both sides&apos; logits are divided by it before the divergence.</source>
        <translation>Die Logits beider Seiten werden vor der Divergenz durch sie geteilt.</translation>
    </message>
    <message>
        <source>Where one code of every activation block may move by one grid step at run time, if that lowers the output error. Two matrices a block run online.</source>
        <translation>Wo ein Code jedes Aktivierungsblocks zur Laufzeit um einen Rasterschritt rücken darf, wenn das den Ausgangsfehler senkt. Zwei Matrizen je Block laufen zur Laufzeit mit.</translation>
    </message>
</context>
<context>
    <name>presets</name>
    <message>
        <source>RTN (OCP)</source>
        <translation>RTN (OCP)</translation>
    </message>
    <message>
        <source>Every weight and activation to its nearest code, scales by the OCP text. The usual published baseline.</source>
        <translation>Jedes Gewicht und jede Aktivierung auf den nächsten Code, Skalen nach dem OCP-Text. Der übliche veröffentlichte Bezug.</translation>
    </message>
    <message>
        <source>RTN</source>
        <translation>RTN</translation>
    </message>
    <message>
        <source>Every weight and activation to its nearest code, with the scale rule that clips least (block maximum up to 7.25).</source>
        <translation>Jedes Gewicht und jede Aktivierung auf den nächsten Code, mit der Skalenregel, die am wenigsten kappt (Blockmaximum bis 7,25).</translation>
    </message>
    <message>
        <source>SmoothQuant</source>
        <translation>SmoothQuant</translation>
    </message>
    <message>
        <source>Scales of the channels move magnitude from activations to weights, folded into the norms before q, k, v and before gate, up; weights to their nearest codes. Only the ratios within a block matter to a block format.</source>
        <translation>Skalen der Kanäle verlagern Betrag von den Aktivierungen zu den Gewichten, eingerechnet in die Normen vor q, k, v und vor gate, up; Gewichte auf ihre nächsten Codes. Für ein Blockformat zählen nur die Verhältnisse innerhalb eines Blocks.</translation>
    </message>
    <message>
        <source>AWQ</source>
        <translation>AWQ</translation>
    </message>
    <message>
        <source>Channels are scaled by a power of their mean magnitude; the power is searched, site by site, for the smallest error of what attention or the MLP adds to the stream when the site&apos;s weights are rounded. Folded into norms, V and up. Then the largest weights of every block are clipped as far as that lowers the output error.</source>
        <translation>Kanäle werden mit einer Potenz ihres mittleren Betrags skaliert; die Potenz wird Stelle für Stelle so gesucht, dass der Fehler dessen, was Attention oder MLP zum Strom beitragen, am kleinsten ist, wenn die Gewichte der Stelle gerundet sind. Eingerechnet in Normen, V und up. Dann werden die größten Gewichte jedes Blocks so weit beschnitten, wie es den Ausgangsfehler senkt.</translation>
    </message>
    <message>
        <source>H32</source>
        <translation>H32</translation>
    </message>
    <message>
        <source>A fixed 32-point Hadamard rotation of every block at the inputs of all linears, weights rounded to nearest.</source>
        <translation>Eine feste Hadamard-Drehung von 32 Punkten für jeden Block an den Eingängen aller Linearschichten, Gewichte auf den nächsten Code gerundet.</translation>
    </message>
    <message>
        <source>GPTQ</source>
        <translation>GPTQ</translation>
    </message>
    <message>
        <source>Column by column with error feedback, static block scales, columns by falling activation energy. No transform.</source>
        <translation>Spalte um Spalte mit Fehlerrückführung, statische Blockskalen, Spalten nach fallender Energie der Aktivierungen. Keine Transformation.</translation>
    </message>
    <message>
        <source>GPTQ, asymmetric target</source>
        <translation>GPTQ, asymmetrisches Ziel</translation>
    </message>
    <message>
        <source>GPTQ whose target is not the weight but one that gives on the quantized stream what the weight gives on the full-precision stream; a quarter of that correction is taken. No transform.</source>
        <translation>GPTQ, dessen Ziel nicht das Gewicht ist, sondern eines, das auf dem quantisierten Strom gibt, was das Gewicht auf dem in voller Genauigkeit gibt; ein Viertel dieser Berichtigung wird genommen. Keine Transformation.</translation>
    </message>
    <message>
        <source>AutoRound</source>
        <translation>AutoRound</translation>
    </message>
    <message>
        <source>Learned rounding without a transform: an offset of every code and a shrinkage of every block&apos;s maximum are trained on each layer&apos;s output by signed gradients, from nearest rounding.</source>
        <translation>Gelerntes Runden ohne Transformation: ein Versatz jedes Codes und eine Schrumpfung des Maximums jedes Blocks werden mit Vorzeichengradienten am Ausgang jeder Schicht trainiert, ausgehend vom Runden auf den nächsten Code.</translation>
    </message>
    <message>
        <source>MR-GPTQ</source>
        <translation>MR-GPTQ</translation>
    </message>
    <message>
        <source>32-point Hadamard rotation of every block at T1 to T4, then GPTQ. Its own contract scales by 3/4 before rounding.</source>
        <translation>Hadamard-Drehung von 32 Punkten für jeden Block an T1 bis T4, dann GPTQ. Der eigene Vertrag skaliert vor dem Runden mit 3/4.</translation>
    </message>
    <message>
        <source>QuaRot</source>
        <translation>QuaRot</translation>
    </message>
    <message>
        <source>One random Hadamard rotation of the residual stream, fused into all linears; a Hadamard rotation of every head of V, fused into V and o; Hadamard rotations across the heads and of the MLP&apos;s hidden channels online; then GPTQ.</source>
        <translation>Eine zufällige Hadamard-Drehung des Residualstroms, in alle Linearschichten eingerechnet; eine Hadamard-Drehung jedes Kopfs von V, in V und o eingerechnet; Hadamard-Drehungen über die Köpfe und der verdeckten Kanäle des MLP zur Laufzeit; dann GPTQ.</translation>
    </message>
    <message>
        <source>SpinQuant</source>
        <translation>SpinQuant</translation>
    </message>
    <message>
        <source>QuaRot&apos;s rotations of the residual stream and of every head of V, learned end to end by Cayley SGD through the network with quantized activations and 16-bit weights; Hadamard rotations of the MLP&apos;s hidden channels and of cached keys online; then GPTQ.</source>
        <translation>Die Drehungen von QuaRot für den Residualstrom und jeden Kopf von V, mit Cayley-SGD durch das ganze Netz mit quantisierten Aktivierungen und 16-Bit-Gewichten gelernt; Hadamard-Drehungen der verdeckten Kanäle des MLP und der Schlüssel im Cache zur Laufzeit; dann GPTQ.</translation>
    </message>
    <message>
        <source>BRQ</source>
        <translation>BRQ</translation>
    </message>
    <message>
        <source>QuaRot&apos;s graph with every rotation kept within blocks of 32: one random-sign Hadamard block repeated over the residual stream and one over the heads of V, both fused; H32 online before down only; then GPTQ.</source>
        <translation>Der Graph von QuaRot, jede Drehung innerhalb von Blöcken zu 32: ein Hadamard-Block mit zufälligen Vorzeichen, über den Residualstrom wiederholt, und einer über die Köpfe von V, beide eingerechnet; H32 zur Laufzeit nur vor down; dann GPTQ.</translation>
    </message>
    <message>
        <source>BRQ (learned)</source>
        <translation>BRQ (gelernt)</translation>
    </message>
    <message>
        <source>BRQ with learned rotations: one block of 32 x 32 for the whole residual stream and blocks of 32 within each layer&apos;s heads of V, trained end to end by Cayley SGD through the network with quantized activations and 16-bit weights; H32 online before down; then GPTQ.</source>
        <translation>BRQ mit gelernten Drehungen: ein Block von 32 x 32 für den ganzen Residualstrom und Blöcke von 32 in den Köpfen von V jeder Schicht, mit Cayley-SGD durch das ganze Netz mit quantisierten Aktivierungen und 16-Bit-Gewichten trainiert; H32 zur Laufzeit vor down; dann GPTQ.</translation>
    </message>
    <message>
        <source>FlatQuant (MX)</source>
        <translation>FlatQuant (MX)</translation>
    </message>
    <message>
        <source>Learned Kronecker products over the whole width of every site, a learned diagonal folded into norms and up, learned clipping of activations (one pair a site) and of weight rows, trained layer by layer on the full-precision stream.</source>
        <translation>Gelernte Kronecker-Produkte über die ganze Breite jeder Stelle, eine gelernte Diagonale, in Normen und up eingerechnet, gelerntes Beschneiden der Aktivierungen (ein Paar je Stelle) und der Gewichtszeilen, Schicht um Schicht auf dem Strom in voller Genauigkeit trainiert.</translation>
    </message>
    <message>
        <source>DuQuant</source>
        <translation>DuQuant</translation>
    </message>
    <message>
        <source>SmoothQuant&apos;s diagonal with exponent 0.6, channels dealt evenly over the blocks at T4 and within heads at T2, then one rotation per block that greedily spreads its largest channels; weights to their nearest codes.</source>
        <translation>Die Diagonale von SmoothQuant mit Exponent 0,6, Kanäle an T4 gleichmäßig auf die Blöcke verteilt und an T2 in den Köpfen, dann eine Drehung je Block, die dessen größte Kanäle gierig verteilt; Gewichte auf ihre nächsten Codes.</translation>
    </message>
    <message>
        <source>BATQuant (paper)</source>
        <translation>BATQuant (Veröffentlichung)</translation>
    </message>
    <message>
        <source>WUSH</source>
        <translation>WUSH</translation>
    </message>
    <message>
        <source>A private 32 x 32 matrix for every block, in closed form: it gives activations and weights of the block the same second moments, then a Hadamard matrix flattens them. GPTQ follows. No training.</source>
        <translation>Eine eigene Matrix von 32 x 32 für jeden Block, in geschlossener Form: sie gibt Aktivierungen und Gewichten des Blocks dieselben zweiten Momente, dann ebnet eine Hadamard-Matrix sie ein. GPTQ folgt. Kein Training.</translation>
    </message>
    <message>
        <source>HiRes</source>
        <translation>HiRes</translation>
    </message>
    <message>
        <source>A private 32 x 32 matrix for every block from the arithmetic mean of the activations&apos; moments and the inverse of the weights&apos;, condition number at most 8, then a Hadamard matrix and GPTQ. At run time one activation code of a block moves by one step where that lowers the output error. Bounded affine corrections of V and of the gated MLP, fitted to the encoded layer, become gains and biases.</source>
        <translation>Eine eigene Matrix von 32 x 32 für jeden Block aus dem arithmetischen Mittel der Momente der Aktivierungen und der Inversen derer der Gewichte, Konditionszahl höchstens 8, dann eine Hadamard-Matrix und GPTQ. Zur Laufzeit rückt ein Aktivierungscode eines Blocks um einen Schritt, wo das den Ausgangsfehler senkt. Beschränkte affine Berichtigungen von V und des MLP mit Tor, an die codierte Schicht angepasst, werden zu Verstärkungen und Verschiebungen.</translation>
    </message>
    <message>
        <source>Diagonal + H32</source>
        <translation>Diagonale + H32</translation>
    </message>
    <message>
        <source>The balanced diagonal (B_jj/A_jj)^0.25 folded into the producers, then H32 and GPTQ. Shows what learned blocks add over a diagonal.</source>
        <translation>Die balancierte Diagonale (B_jj/A_jj)^0.25, in die Erzeuger eingerechnet, dann H32 und GPTQ. Zeigt, was gelernte Blöcke gegenüber einer Diagonale bringen.</translation>
    </message>
    <message>
        <source>BATQuant</source>
        <translation>BATQuant</translation>
    </message>
    <message>
        <source>The balanced diagonal folded into the producers, then block-affine transforms with shared and private Kronecker factors (8 x 4) that start at the closed form and are trained layer by layer on the quantized stream, then GPTQ.</source>
        <translation>Die balancierte Diagonale, in die Erzeuger eingerechnet, dann blockaffine Transformationen mit gemeinsamen und eigenen Kronecker-Faktoren (8 x 4), die bei der geschlossenen Form beginnen und Schicht um Schicht auf dem quantisierten Strom trainiert werden, dann GPTQ.</translation>
    </message>
    <message>
        <source>BATQuant, RTN weights</source>
        <translation>BATQuant, Gewichte mit RTN</translation>
    </message>
    <message>
        <source>The same as bat with weights rounded to nearest, so that the table shows what GPTQ adds.</source>
        <translation>Wie bat, mit auf den nächsten Code gerundeten Gewichten, damit die Tabelle zeigt, was GPTQ bringt.</translation>
    </message>
    <message>
        <source>BAT+</source>
        <translation>BAT+</translation>
    </message>
    <message>
        <source>The balanced diagonal, closed-form block-affine transforms (8 x 4) and GPTQ in one layer pass; then the activation side is tuned end to end on the divergence from the full-precision model, without labels and with all weight codes and block scales standing still: transform factors, one bias and one gain a linear output, norm weights. No extra matrix product runs online.</source>
        <translation>Die balancierte Diagonale, blockaffine Transformationen in geschlossener Form (8 x 4) und GPTQ in einem Schichtdurchgang; dann wird die Seite der Aktivierungen am ganzen Modell auf die Divergenz von der vollen Genauigkeit abgestimmt, ohne Labels und mit feststehenden Gewichtscodes und Blockskalen: Faktoren der Transformationen, eine Verschiebung und eine Verstärkung je Ausgang einer Linearschicht, Normgewichte. Zur Laufzeit kommt kein Matrixprodukt hinzu.</translation>
    </message>
    <message>
        <source>BAT+ low rank</source>
        <translation>BAT+ mit niedrigem Rang</translation>
    </message>
    <message>
        <source>BAT+ with a bf16 branch of rank 16 beside every linear: it takes the largest singular directions of the transformed weight and reads the unquantized numbers, so that the codes hold only the rest. The branch is tuned end to end too. It costs 16 x (in + out) multiply-adds a linear.</source>
        <translation>BAT+ mit einem bf16-Zweig vom Rang 16 neben jeder Linearschicht: er trägt die größten Singulärrichtungen des transformierten Gewichts und liest die unquantisierten Zahlen, sodass die Codes nur den Rest halten. Auch der Zweig wird am ganzen Modell abgestimmt. Er kostet 16 x (ein + aus) Multiplikationen und Additionen je Linearschicht.</translation>
    </message>
    <message>
        <source>Learned block-affine transforms with shared and private Kronecker factors (8 x 4) and block clipping, trained layer by layer on the full-precision stream, then GPTQ on the quantized one. What the paper leaves open is set as it most likely was: no diagonal, random rotations at the start, straight-through gradients without a mask.</source>
        <translation>Gelernte blockaffine Transformationen mit gemeinsamen und eigenen Kronecker-Faktoren (8 x 4) und Beschneiden der Blöcke, Schicht um Schicht auf dem Strom in voller Genauigkeit trainiert, dann GPTQ auf dem quantisierten. Was die Veröffentlichung offen lässt, ist gesetzt, wie es am wahrscheinlichsten war: keine Diagonale, zufällige Drehungen am Anfang, Straight-Through-Gradienten ohne Maske.</translation>
    </message>
    <message>
        <source>BAT+ refined</source>
        <translation>BAT+ verfeinert</translation>
    </message>
    <message>
        <source>BAT+ with a choice of activation codes that minds the output: at run time one code of every block may move a step on its grid where that lowers the error which rounding the block adds to the tuned linears&apos; outputs. It costs one 32 x 32 matrix a block and site beside the transform; no file format carries it.</source>
        <translation>BAT+ mit einer Wahl der Aktivierungscodes, die auf die Ausgabe achtet: Zur Laufzeit darf ein Code jedes Blocks um einen Schritt seines Gitters rücken, wo das den Fehler senkt, den das Runden des Blocks in die Ausgaben der abgestimmten Linearen trägt. Das kostet neben der Transformation eine 32-x-32-Matrix je Block und Stelle; kein Dateiformat trägt es.</translation>
    </message>
</context>
</TS>
