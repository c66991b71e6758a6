<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>batlab::app::MainWindow</name>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n difference</numerusform>
            <numerusform>%n differences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::app::PlotExporter</name>
    <message numerus="yes">
        <source>Exporting plots, %n file(s)…</source>
        <translation>
            <numerusform>Exporting plots, %n file…</numerusform>
            <numerusform>Exporting plots, %n files…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written to %1.</source>
        <translation>
            <numerusform>%n file written to %1.</numerusform>
            <numerusform>%n files written to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::app::Shell</name>
    <message numerus="yes">
        <source>%n job(s) still wait.</source>
        <translation>
            <numerusform>%n job still waits.</numerusform>
            <numerusform>%n jobs still wait.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The portable copy has all results, but not the codes and scales of %n layer(s): they lie on %1, in %2.</source>
        <translation>
            <numerusform>The portable copy has all results, but not the codes and scales of %n layer: they lie on %1, in %2.</numerusform>
            <numerusform>The portable copy has all results, but not the codes and scales of %n layers: they lie on %1, in %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more model(s) of this session are missing.</source>
        <translation>
            <numerusform>%n more model of this session is missing.</numerusform>
            <numerusform>%n more models of this session are missing.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::app::Workbench</name>
    <message numerus="yes">
        <source>%1 repeats %2: %n layer(s) have the same codes, bit for bit</source>
        <translation>
            <numerusform>%1 repeats %2: %n layer has the same codes, bit for bit</numerusform>
            <numerusform>%1 repeats %2: %n layers have the same codes, bit for bit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 repeats %2: other codes in %3; same in %n layer(s)</source>
        <translation>
            <numerusform>%1 repeats %2: other codes in %3; same in %n layer</numerusform>
            <numerusform>%1 repeats %2: other codes in %3; same in %n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::views</name>
    <message numerus="yes">
        <source>, and %n more like it</source>
        <translation>
            <numerusform>, and %n more like it</numerusform>
            <numerusform>, and %n more like it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::views::EvaluationModel</name>
    <message numerus="yes">
        <source>%1, %2, %n item(s)</source>
        <translation>
            <numerusform>%1, %2, %n item</numerusform>
            <numerusform>%1, %2, %n items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::views::RunDialog</name>
    <message numerus="yes">
        <source>%n parameter(s) changed</source>
        <translation>
            <numerusform>%n parameter changed</numerusform>
            <numerusform>%n parameters changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::views::SelectionBar</name>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n difference</numerusform>
            <numerusform>%n differences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::views::SpecDifferenceDialog</name>
    <message numerus="yes">
        <source>%n change(s) from %1</source>
        <translation>
            <numerusform>%n change from %1</numerusform>
            <numerusform>%n changes from %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>batlab::views::TensorsPanel</name>
    <message numerus="yes">
        <source>%n tensor(s), %1 values, %2; %3 quantized</source>
        <translation>
            <numerusform>%n tensor, %1 values, %2; %3 quantized</numerusform>
            <numerusform>%n tensors, %1 values, %2; %3 quantized</numerusform>
        </translation>
    </message>
</context>
</TS>
