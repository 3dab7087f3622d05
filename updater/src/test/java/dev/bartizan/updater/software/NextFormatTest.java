// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.FormatRefusal;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A version of the agent brings a new format of a document, is tried, goes back or stays. The
 * document is of this test alone: a note, which the second format knows the author of.
 */
class NextFormatTest {
  private static final FileName FILE = FileName.of("note");
  private static final Digest MANIFEST = Digest.of(new byte[] {1});

  private final FakeDisk disk = new FakeDisk();
  private final Notes old = new Notes(disk, 1);
  private final Notes next = new Notes(disk, 2);
  private final AgentVersions versions = new AgentVersions(disk);

  private record Note(String text, Optional<String> author) {}

  /** What a version of the agent does with its notes. */
  private record Notes(Disk disk, DocumentFormat format) {
    Notes(Disk disk, int current) {
      this(disk, new DocumentFormat("bartizan-note", current));
    }

    void write(Note note) throws IOException {
      int version = new Commitment(disk).toWrite(format);
      var json = StrictJson.object().put("schema", format.text(version)).put("text", note.text());
      if (version > 1) {
        json.put("author", note.author().orElse(""));
      }
      DurableFile.replace(disk, FILE, StrictJson.write(json));
    }

    Note read() throws Exception {
      JsonFields fields = StrictJson.read(disk.read(FILE, 1000).orElseThrow(), 1000, "note");
      int version = format.accept(fields.findText("schema", 100), "note");
      return new Note(
          fields.text("text", 100),
          version > 1 ? Optional.of(fields.text("author", 100)) : Optional.empty());
    }

    String written() throws IOException {
      return new String(disk.read(FILE, 1000).orElseThrow(), UTF_8);
    }
  }

  @BeforeEach
  void anOldVersionHasWrittenAndANewOneIsTried() throws Exception {
    old.write(new Note("hello", Optional.empty()));
    try (Disk.Output file = versions.create(Slot.A, "bin/bartizan")) {
      file.sync();
    }
    versions.complete(Slot.A, MANIFEST);
    versions.tryOut(Slot.A, 60);
  }

  @Test
  void onTrialTheNewVersionReadsAndWritesWhatTheOldOneDoes() throws Exception {
    assertEquals(new Note("hello", Optional.empty()), next.read());
    next.write(new Note("changed", Optional.of("me")));
    assertTrue(next.written().contains("bartizan-note/1"), next.written());
    assertEquals("changed", next.read().text());
  }

  @Test
  void whenTheTrialFailsTheOldVersionReadsWhatTheNewOneWrote() throws Exception {
    next.write(new Note("changed", Optional.of("me")));
    versions.goBack();
    assertEquals(new Note("changed", Optional.empty()), old.read());
    old.write(new Note("again", Optional.empty()));
    assertEquals("again", old.read().text());
  }

  @Test
  void onceCommittedItWritesItsOwnFormatAndTheOldOneRefusesThatByName() throws Exception {
    next.write(new Note("changed", Optional.of("me")));
    versions.commit(0);
    assertEquals("changed", next.read().text(), "what it wrote on trial");
    Note note = new Note("kept", Optional.of("me"));
    next.write(note);
    assertTrue(next.written().contains("bartizan-note/2"), next.written());
    assertEquals(note, next.read());
    String before = next.written();
    FormatRefusal refusal = assertThrows(FormatRefusal.class, old::read);
    assertEquals("OTHER_FORMAT", refusal.code());
    assertEquals("note", refusal.file());
    assertEquals("bartizan-note/2", refusal.found());
    assertTrue(refusal.getMessage().startsWith("note: is of format bartizan-note/2, and this"));
    assertEquals(before, next.written(), "what is refused stays as it is");
  }

  /** The launcher gave the new version up, and the old one runs before it has said so. */
  @Test
  void theVersionAfterAFallWritesItsOwnFormat() throws Exception {
    Notes third = new Notes(disk, 3);
    LaunchRecord given = new LaunchRecord(Slot.A, Slot.BASE, true, 3, 60, Optional.of(Slot.A));
    DurableFile.replace(disk, AgentVersions.RECORD, given.encode());
    third.write(new Note("mine", Optional.of("me")));
    assertTrue(third.written().contains("bartizan-note/3"), third.written());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bartizan-note/1", "bartizan-note/4", "bartizan-note/03", "other/3", ""})
  void twoVersionsBackAheadOrForeignAreRefused(String found) {
    DocumentFormat third = new DocumentFormat("bartizan-note", 3);
    FormatRefusal refusal =
        assertThrows(FormatRefusal.class, () -> third.accept(Optional.of(found), "the/note"));
    assertTrue(refusal.getMessage().startsWith("the/note: is of format "), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("bartizan-note/3 and bartizan-note/2"));
  }

  @Test
  void aDocumentOfBeforeFormatsWereNamedIsRefusedAndSaysNoForeignText() {
    DocumentFormat first = new DocumentFormat("bartizan-note", 1);
    FormatRefusal none =
        assertThrows(FormatRefusal.class, () -> first.accept(Optional.empty(), "note"));
    assertTrue(
        none.getMessage().contains("of format none, and this version reads bartizan-note/1:"));
    FormatRefusal strange =
        assertThrows(
            FormatRefusal.class, () -> first.accept(Optional.of("\u001b[2J".repeat(50)), "note"));
    assertTrue(strange.found().length() <= 40 && !strange.found().contains("\u001b"));
  }
}
