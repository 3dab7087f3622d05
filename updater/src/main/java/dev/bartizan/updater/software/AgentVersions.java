// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The two directories for versions of the agent, and the record of which one is to be started. */
public final class AgentVersions {
  /** Below the state directory: what the launcher is told. */
  public static final String DIRECTORY = "software";

  static final FileName RECORD = FileName.of(DIRECTORY + "/launch");

  private static final FileName FAULT = FileName.of(DIRECTORY + "/fault");

  /** Beside a complete version: the digest of the signed manifest it was laid down by. */
  static final String MARK = "release";

  private static final int MARK_LENGTH = 64;

  private final Disk disk;

  public AgentVersions(Disk disk) {
    this.disk = disk;
  }

  /** The record; where there is none or it is damaged, the launcher starts what was installed. */
  public LaunchRecord record() throws IOException {
    if (disk.size(RECORD).orElse(0L) > LaunchRecord.MAX_LENGTH) {
      return LaunchRecord.BASE;
    }
    return disk.read(RECORD, LaunchRecord.MAX_LENGTH)
        .flatMap(LaunchRecord::decode)
        .orElse(LaunchRecord.BASE);
  }

  /** The manifest of what is complete in {@code slot}, by its digest. */
  public Optional<Digest> find(Slot slot) throws IOException {
    if (slot == Slot.BASE) {
      return Optional.empty();
    }
    return disk.read(mark(slot), MARK_LENGTH)
        .map(hex -> new String(hex, StandardCharsets.US_ASCII))
        .filter(hex -> hex.matches("[0-9a-f]{64}"))
        .map(Digest::ofHex);
  }

  /** Where the version of that manifest is complete. */
  public Optional<Slot> slotOf(Digest manifest) throws IOException {
    for (Slot slot : List.of(Slot.A, Slot.B)) {
      if (find(slot).equals(Optional.of(manifest))) {
        return Optional.of(slot);
      }
    }
    return Optional.empty();
  }

  /** The directory that neither is to be started nor would be fallen back to. */
  public Slot free() throws IOException {
    LaunchRecord record = record();
    if (record.slot() == Slot.A) {
      return Slot.B;
    }
    return record.slot() == Slot.BASE && record.before() == Slot.A ? Slot.B : Slot.A;
  }

  /** Empties {@code slot}: it is incomplete first, durably. */
  public void clear(Slot slot) throws IOException {
    requireIdle(slot);
    DurableFile.delete(disk, mark(slot));
    // Whatever else is there, too: with a file too many no version would ever hold in there.
    disk.deleteTree(DIRECTORY + "/" + slot.text());
  }

  /** Opens a file of the version that is being laid down. */
  public Disk.Output create(Slot slot, String path) throws IOException {
    requireIdle(slot);
    if (!AgentFiles.isAllowed(path)) {
      throw new IllegalArgumentException("not a place for a file of the agent: " + path);
    }
    return disk.create(file(slot, path));
  }

  /** All files are there, each synced: the version is complete from now on, durably. */
  public void complete(Slot slot, Digest manifest) throws IOException {
    for (String folder : AgentFiles.FOLDERS) {
      if (!disk.list(folder(slot, folder)).isEmpty()) {
        disk.syncDirectory(folder(slot, folder));
      }
    }
    DurableFile.replace(disk, mark(slot), manifest.hex().getBytes(StandardCharsets.US_ASCII));
  }

  /** Opens a file of a version, to be checked. */
  public Disk.Input open(Slot slot, String path) throws IOException {
    return disk.open(file(slot, path));
  }

  /**
   * The next start is of {@code slot}, on trial. Whoever says so has looked at every byte of it.
   *
   * @param seconds how long the launcher lets the trial take
   */
  public void tryOut(Slot slot, int seconds) throws IOException {
    if (find(slot).isEmpty()) {
      throw new IllegalStateException("nothing complete in " + slot.text());
    }
    write(record().trying(slot, seconds));
  }

  /**
   * A trial is over, and what runs stays.
   *
   * @param tries how many starts count against it from here on
   */
  public void commit(int tries) throws IOException {
    write(record().committed(tries));
  }

  /** What the launcher gave up is known. */
  public void takeNote() throws IOException {
    LaunchRecord record = record();
    if (record.fallen().isPresent()) {
      write(record.noted());
    }
  }

  /** The next start is of what was before. */
  public void goBack() throws IOException {
    write(record().back());
  }

  /** Why the launcher started another version than the record says, durably. */
  public void keep(SlotFault fault) throws IOException {
    DurableFile.replace(disk, FAULT, fault.encode());
  }

  /** What was kept last, and not forgotten since. */
  public Optional<SlotFault> fault() throws IOException {
    if (disk.size(FAULT).orElse(0L) > SlotFault.MAX_LENGTH) {
      return Optional.empty();
    }
    return disk.read(FAULT, SlotFault.MAX_LENGTH).flatMap(SlotFault::decode);
  }

  /** The fault has been told, or there is none any more. A slot that did not hold is emptied. */
  public void forgetFault() throws IOException {
    if (disk.size(FAULT).isEmpty()) {
      return;
    }
    Optional<SlotFault> fault = fault();
    if (fault.isPresent()
        && fault.get().kind() == SlotFault.Kind.DOES_NOT_HOLD
        && fault.get().slot() != Slot.BASE
        && fault.get().slot() != record().slot()) {
      clear(fault.get().slot());
    }
    DurableFile.delete(disk, FAULT);
  }

  private void write(LaunchRecord record) throws IOException {
    DurableFile.replace(disk, RECORD, record.encode());
  }

  private void requireIdle(Slot slot) throws IOException {
    if (slot == Slot.BASE || record().slot() == slot) {
      throw new IllegalStateException(slot.text() + " is what is started");
    }
  }

  private static FileName mark(Slot slot) {
    return FileName.of(DIRECTORY + "/" + slot.text() + "/" + MARK);
  }

  private static String folder(Slot slot, String folder) {
    return DIRECTORY + "/" + slot.text() + "/" + folder;
  }

  private static FileName file(Slot slot, String path) {
    return FileName.of(folder(slot, path));
  }
}
