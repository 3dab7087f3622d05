// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.software.Commitment;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * That this device is to leave its fleet, in {@code decommission.json}: it outlives the daemon that
 * took it on. The command stands in it as it came, and is verified again before each step that
 * needs its authority: whoever writes to the disk orders nothing by this file.
 *
 * @param id {@code jti} of the command
 * @param acceptedAt when it was found to be valid, in whole seconds
 * @param compact the command
 */
public record DecommissionOrder(Stage stage, String id, Instant acceptedAt, String compact) {
  /** How far it has been obeyed. */
  public enum Stage {
    /** Taken on. */
    ORDERED,
    /** The fleet has been told as well as could be; keys and files go. */
    ERASING,
    /** Nothing is left but this. */
    ERASED
  }

  /** What stays when nothing else does. */
  public static final FileName FILE = FileName.of("decommission.json");

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-decommission", 1);
  private static final int MAX_LENGTH = Command.MAX_LENGTH + 1024;
  private static final int MAX_TEXT = 128;

  /** Takes it on, durably. */
  public static void takeOn(Disk disk, AuthorisedCommand authorised, Instant now)
      throws IOException {
    new DecommissionOrder(Stage.ORDERED, authorised.command().id(), now, authorised.compact())
        .store(disk);
  }

  /** What was ordered, if anything. */
  public static Optional<DecommissionOrder> find(Disk disk) throws IOException, Refusal {
    Optional<byte[]> content = disk.read(FILE, MAX_LENGTH);
    return content.isEmpty() ? Optional.empty() : Optional.of(read(content.get()));
  }

  private static DecommissionOrder read(byte[] json) throws Refusal {
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, FILE.path());
    FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), FILE.path());
    return new DecommissionOrder(
        stage(fields.text("stage", MAX_TEXT)),
        fields.text("jti", MAX_TEXT),
        fields.instant("accepted_at"),
        fields.text("command", Command.MAX_LENGTH));
  }

  private static Stage stage(String text) throws Malformed {
    for (Stage stage : Stage.values()) {
      if (text(stage).equals(text)) {
        return stage;
      }
    }
    throw new Malformed(FILE + ".stage is " + text);
  }

  /** The same, a step further. */
  public DecommissionOrder at(Stage next) {
    return new DecommissionOrder(next, id, acceptedAt, compact);
  }

  public void store(Disk disk) throws IOException {
    ObjectNode document =
        StrictJson.object()
            .put("schema", FORMAT.text(new Commitment(disk).toWrite(FORMAT)))
            .put("stage", text(stage))
            .put("jti", id)
            .put("accepted_at", acceptedAt.getEpochSecond())
            .put("command", compact);
    DurableFile.replace(disk, FILE, StrictJson.writeIndented(document));
  }

  /** As if it had never been ordered. */
  public static void withdraw(Disk disk) throws IOException {
    DurableFile.delete(disk, FILE);
  }

  private static String text(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
