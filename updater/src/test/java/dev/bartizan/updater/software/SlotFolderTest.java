// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.LinuxDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever somebody left in a slot while the device was off. */
class SlotFolderTest {
  private static final Digest RELEASE = Digest.of("release".getBytes(US_ASCII));
  private static final String JAR = "lib/agent.jar";

  @TempDir Path state;

  private final Map<String, SoftwareFile> signed = new TreeMap<>();
  private LinuxDisk disk;
  private AgentVersions versions;
  private Path slot;

  /** Laid down as an update does it. */
  @BeforeEach
  void layDown() throws IOException {
    disk = LinuxDisk.acquire(state);
    versions = new AgentVersions(disk);
    slot = state.resolve("software/a");
    for (String path : new String[] {"bin/bartizan", JAR, "lib/native/x86_64/libx.so"}) {
      byte[] content = ("content of " + path).getBytes(US_ASCII);
      try (Disk.Output file = versions.create(Slot.A, path)) {
        file.write(ByteBuffer.wrap(content));
        file.sync();
      }
      signed.put(path, new SoftwareFile(content.length, Digest.of(content)));
    }
    versions.complete(Slot.A, RELEASE);
  }

  @AfterEach
  void close() throws IOException {
    disk.close();
  }

  private void look() throws Exception {
    SlotFolder.in(state, Slot.A, Digest::sha256).require(signed);
  }

  private void assertRefused(String part) {
    SlotRefusal refusal = assertThrows(SlotRefusal.class, this::look);
    assertEquals(SlotRefusal.Reason.NOT_AS_SIGNED, refusal.reason());
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }

  @Test
  void whatAnUpdateLaidDownHolds() throws Exception {
    look();
  }

  // Foreign code: a byte of a jar is another one.
  @Test
  void aFlippedByteIsFound() throws Exception {
    byte[] content = Files.readAllBytes(slot.resolve(JAR));
    content[3] ^= 1;
    Files.write(slot.resolve(JAR), content);
    assertRefused(JAR);
  }

  // Foreign code: a file longer or shorter than it was signed.
  @Test
  void anotherLengthIsFound() throws Exception {
    Files.writeString(slot.resolve(JAR), "");
    assertRefused(JAR);
  }

  // Foreign code: a file that nobody signed, where the launcher or the JVM might look.
  @Test
  void aFileTooManyIsFound() throws Exception {
    for (String name : new String[] {"lib/evil.jar", "bin/.hidden", "extra", "lib/native/x"}) {
      Path added = Files.writeString(slot.resolve(name), "x");
      assertRefused(name);
      Files.delete(added);
    }
    look();
    Files.createDirectory(slot.resolve("lib/empty"));
    assertRefused("lib/empty");
  }

  // Foreign code: what is missing is looked for elsewhere.
  @Test
  void aMissingFileIsFound() throws Exception {
    Files.delete(slot.resolve(JAR));
    assertRefused(JAR + " is missing");
  }

  // Foreign code: a link to the right content leads to another one after the check.
  @Test
  void aLinkIsFoundWhereverItLeads() throws Exception {
    Path elsewhere = Files.copy(slot.resolve(JAR), state.resolve("elsewhere"));
    Files.delete(slot.resolve(JAR));
    Files.createSymbolicLink(slot.resolve(JAR), elsewhere);
    assertRefused(JAR + " is no regular file");
    Files.delete(slot.resolve(JAR));
    Files.createLink(slot.resolve(JAR), elsewhere);
    assertRefused(JAR + " has another name elsewhere");
  }

  // Foreign code: the same with a directory, or with the slot itself.
  @Test
  void aLinkInPlaceOfADirectoryIsFound() throws Exception {
    Files.move(slot.resolve("lib"), state.resolve("lib"));
    Files.createSymbolicLink(slot.resolve("lib"), state.resolve("lib"));
    assertRefused("lib is no directory");
    Files.delete(slot.resolve("lib"));
    Files.move(state.resolve("lib"), slot.resolve("lib"));
    Files.move(slot, state.resolve("moved"));
    Files.createSymbolicLink(slot, state.resolve("moved"));
    assertRefused("is no directory");
  }

  // Foreign code: others may write what was found to be right.
  @Test
  void whatOthersMayWriteIsFound() throws Exception {
    for (String mode : new String[] {"rw-rw----", "rw----rw-"}) {
      Files.setPosixFilePermissions(slot.resolve(JAR), PosixFilePermissions.fromString(mode));
      assertRefused(JAR + " is not the daemon's alone");
    }
    Files.setPosixFilePermissions(slot.resolve(JAR), PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(
        slot.resolve("lib"), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertRefused("lib is not the daemon's alone");
  }

  // Denial of service: a pipe in the place of a jar is not opened, else nobody would ever be done.
  @Test
  void somethingThatIsNoFileIsNotRead() throws Exception {
    Files.delete(slot.resolve(JAR));
    assertEquals(0, new ProcessBuilder("mkfifo", slot.resolve(JAR).toString()).start().waitFor());
    assertRefused(JAR + " is no regular file");
  }

  @Test
  void aSlotThatDidNotHoldIsEmptiedOfEverythingOnceThatIsKnown() throws Exception {
    Files.writeString(slot.resolve("lib/evil jar"), "x");
    Path kept = Files.writeString(state.resolve("kept"), "x");
    Files.createSymbolicLink(slot.resolve("link"), kept);
    versions.keep(new SlotFault(Slot.A, SlotFault.Kind.DOES_NOT_HOLD, "lib/evil jar\n\u00e9"));
    assertEquals(
        "version a was not started: lib/evil jar??", versions.fault().orElseThrow().toString());
    versions.forgetFault();
    assertTrue(versions.fault().isEmpty());
    try (var left = Files.list(slot)) {
      assertEquals(0, left.count());
    }
    assertTrue(Files.exists(kept));
    layDownAgain();
    look();
  }

  private void layDownAgain() throws IOException {
    disk.close();
    layDown();
  }

  @Test
  void aSlotOfWhichNobodyCouldTellStaysAsItIs() throws Exception {
    versions.keep(new SlotFault(Slot.A, SlotFault.Kind.NOT_KNOWN, "the TPM does not answer"));
    versions.forgetFault();
    look();
  }
}
