// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.software.Commitment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The commands this device has taken on, in one durable file. A command is forgotten only when it
 * has expired, and from then on none is taken on that was issued before it or with it: the clock
 * that says that it has expired may be set back again.
 *
 * <p>The file ends in a digest of what stands before it. A damaged one is set aside and the device
 * refuses commands issued before that moment, since it no longer knows which it has obeyed; so it
 * does when there is none, which {@link #begin} has made with the device's certificates.
 */
public final class Inbox {
  /** How far a command has come. */
  public enum Stage {
    /** Kept; not begun. */
    WAITING,
    /** Begun; after a restart it is not begun again. */
    STARTED,
    /** Answered. */
    DONE
  }

  /**
   * One command.
   *
   * @param jws the command as it came; empty once it is done
   * @param issuedAt and {@code expiresAt}: when it may be forgotten
   */
  public record Entry(String id, Stage stage, Instant issuedAt, Instant expiresAt, String jws) {
    Entry at(Stage next) {
      return new Entry(id, next, issuedAt, expiresAt, next == Stage.DONE ? "" : jws);
    }
  }

  private static final FileName FILE = FileName.of("inbox");
  static final DocumentFormat FORMAT = new DocumentFormat("bartizan-inbox", 1);
  private static final FileName BROKEN = FileName.of("inbox.broken");
  private static final int MAX_COMMANDS = 1000;
  private static final int MAX_LENGTH = MAX_COMMANDS * (Command.MAX_LENGTH + 512);
  private static final int MAX_TEXT = 128;

  /** Of the times in a command. */
  private static final Duration RESOLUTION = Duration.ofSeconds(1);

  /** A device's clock may be ahead of its operator's by as much when it is enrolled. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  private final Disk disk;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private Instant notIssuedBefore = Instant.EPOCH;
  private boolean damaged;

  private Inbox(Disk disk) {
    this.disk = disk;
  }

  /** Makes the inbox of a device that has just been enrolled, unless it has one. */
  public static void begin(Disk disk, Instant now) throws IOException {
    if (disk.size(FILE).isEmpty()) {
      Inbox inbox = new Inbox(disk);
      inbox.notIssuedBefore = now.minus(CLOCKS_DIFFER);
      inbox.write();
    }
  }

  /**
   * Reads the inbox; a damaged one is set aside, and a missing one was lost.
   *
   * @throws FormatRefusal when it is whole, but of another version's format
   */
  public static Inbox open(Disk disk, Instant now) throws IOException, FormatRefusal {
    Inbox inbox = new Inbox(disk);
    Optional<byte[]> content = disk.read(FILE, MAX_LENGTH);
    if (content.isEmpty()) {
      inbox.lost(now);
      return inbox;
    }
    try {
      inbox.parse(content.get());
    } catch (Malformed damaged) {
      disk.rename(FILE, BROKEN);
      inbox.lost(now);
    }
    return inbox;
  }

  private void lost(Instant now) throws IOException {
    entries.clear();
    damaged = true;
    notIssuedBefore = now;
    write();
  }

  /** Whether the inbox was damaged or missing when it was opened: something to report. */
  public boolean wasDamaged() {
    return damaged;
  }

  /**
   * Keeps a command durably.
   *
   * @return false when it was taken on before: then there is nothing to do
   * @throws InboxRefusal REPLAYED when it may have been obeyed and forgotten; FULL
   */
  public synchronized boolean keep(Command command, byte[] jws, Instant now)
      throws IOException, InboxRefusal {
    if (entries.containsKey(command.id())) {
      return false;
    }
    if (command.issuedAt().isBefore(notIssuedBefore)) {
      throw new InboxRefusal(
          InboxRefusal.Reason.REPLAYED,
          "command "
              + command.id()
              + " was issued before "
              + notIssuedBefore
              + ": what was obeyed until then this device does not know any more");
    }
    forgetExpired(now);
    if (entries.size() >= MAX_COMMANDS) {
      throw new InboxRefusal(
          InboxRefusal.Reason.FULL, MAX_COMMANDS + " commands have not expired yet");
    }
    put(
        new Entry(
            command.id(),
            Stage.WAITING,
            command.issuedAt(),
            command.expiresAt(),
            new String(jws, StandardCharsets.ISO_8859_1)));
    return true;
  }

  /** What is forgotten here is written down, as a time, with what is kept next. */
  private void forgetExpired(Instant now) {
    for (Entry old : List.copyOf(entries.values())) {
      if (old.stage() == Stage.DONE && old.expiresAt().isBefore(now)) {
        Instant after = old.issuedAt().plus(RESOLUTION);
        notIssuedBefore = after.isAfter(notIssuedBefore) ? after : notIssuedBefore;
        entries.remove(old.id());
      }
    }
  }

  /** Durably moves a command on, before (STARTED) or after (DONE) its execution. */
  public synchronized void move(String id, Stage stage) throws IOException {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw new IllegalStateException("command " + id + " was never kept");
    }
    put(entry.at(stage));
  }

  /** The commands at a stage, oldest first. */
  public synchronized List<Entry> at(Stage stage) {
    return entries.values().stream().filter(entry -> entry.stage() == stage).toList();
  }

  private void put(Entry entry) throws IOException {
    Entry before = entries.put(entry.id(), entry);
    try {
      write();
    } catch (IOException failed) {
      if (before == null) {
        entries.remove(entry.id());
      } else {
        entries.put(entry.id(), before);
      }
      throw failed;
    }
  }

  private void write() throws IOException {
    ObjectNode json = StrictJson.object();
    json.put("schema", FORMAT.text(new Commitment(disk).toWrite(FORMAT)));
    json.put("not_issued_before", notIssuedBefore.getEpochSecond());
    ArrayNode list = json.putArray("commands");
    for (Entry entry : entries.values()) {
      ObjectNode command =
          list.addObject()
              .put("id", entry.id())
              .put("stage", entry.stage().name())
              .put("iat", entry.issuedAt().getEpochSecond())
              .put("exp", entry.expiresAt().getEpochSecond());
      if (!entry.jws().isEmpty()) {
        command.put("jws", entry.jws());
      }
    }
    DurableFile.replace(disk, FILE, Checksum.LAST_LINE.append(StrictJson.write(json)));
  }

  private void parse(byte[] content) throws Malformed, FormatRefusal {
    byte[] body =
        Checksum.LAST_LINE
            .strip(content)
            .orElseThrow(() -> new Malformed("inbox does not have its digest"));
    JsonFields fields = StrictJson.read(body, MAX_LENGTH, "inbox");
    FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), FILE.path());
    notIssuedBefore = fields.instant("not_issued_before");
    for (JsonFields command : fields.objects("commands", MAX_COMMANDS)) {
      Entry entry =
          new Entry(
              command.text("id", MAX_TEXT),
              stage(command.text("stage", MAX_TEXT)),
              command.instant("iat"),
              command.instant("exp"),
              command.has("jws") ? command.text("jws", Command.MAX_LENGTH) : "");
      entries.put(entry.id(), entry);
    }
  }

  private static Stage stage(String name) throws Malformed {
    try {
      return Stage.valueOf(name);
    } catch (IllegalArgumentException unknown) {
      throw new Malformed("inbox.commands.stage is " + name, unknown);
    }
  }

  /** Why a command that is in order is not taken on. */
  public static final class InboxRefusal extends Refusal {
    private static final long serialVersionUID = 1L;

    /** The reason. */
    public enum Reason {
      REPLAYED,
      FULL
    }

    private final Reason reason;

    InboxRefusal(Reason reason, String message) {
      super(message);
      this.reason = reason;
    }

    @Override
    public String code() {
      return reason.name();
    }
  }
}
