// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.agent.mqtt.Message.Channel;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Messages on disk until the broker has them, oldest first: one file each, {@code
 * outbox/SEQUENCE-CHANNEL}, with its digest. A damaged one is not sent: nobody could tell which of
 * its words are the agent's.
 */
public final class Outbox {
  /** The most messages kept; beyond that the oldest telemetry goes. */
  static final int MAX_MESSAGES = 1000;

  /** An answer may carry evidence with an event log. */
  static final int MAX_LENGTH = 8 << 20;

  private static final String DIRECTORY = "outbox";
  private static final int MAX_FILE = MAX_LENGTH + 128;

  private final Disk disk;
  private final List<String> lost = new ArrayList<>();
  private long next;

  private Outbox(Disk disk, long next) {
    this.disk = disk;
    this.next = next;
  }

  /** Opens what is there, drops what is damaged, and goes on counting. */
  public static Outbox open(Disk disk) throws IOException {
    long next = 0;
    for (FileName file : disk.list(DIRECTORY)) {
      next = Math.max(next, sequence(file) + 1);
    }
    Outbox outbox = new Outbox(disk, next);
    outbox.dropDamaged();
    return outbox;
  }

  private void dropDamaged() throws IOException {
    for (FileName file : messages()) {
      if (read(file).isEmpty()) {
        lost.add(file.path());
        DurableFile.delete(disk, file);
      }
    }
  }

  /** The messages that were damaged when the outbox was opened: something to report. */
  public List<String> lost() {
    return List.copyOf(lost);
  }

  /** Keeps a message durably; wakes whoever waits in {@link #awaitOldest}. */
  public synchronized void put(Message message) throws IOException {
    if (message.payload().length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a message of " + message.payload().length() + " bytes");
    }
    makeRoom();
    byte[] file = Checksum.LAST_LINE.append(message.payload().toArray());
    DurableFile.replace(disk, name(next, message.channel()), file);
    next++;
    notifyAll();
  }

  /** How many messages wait. */
  public synchronized int size() throws IOException {
    return messages().size();
  }

  /** A message with its place in the queue. */
  public record Waiting(FileName file, Message message) {}

  /**
   * The oldest message, as soon as there is one; empty once it is not {@code wanted} any more. Not
   * to be ended by an interrupt, which would hit the disk.
   *
   * @param wanted asked again after every {@link #wake}
   * @throws IOException also when it was damaged since it was written; it stays, and is dropped and
   *     told of at the next start
   */
  public synchronized Optional<Waiting> awaitOldest(BooleanSupplier wanted)
      throws IOException, InterruptedException {
    while (wanted.getAsBoolean()) {
      List<FileName> waiting = messages();
      if (!waiting.isEmpty()) {
        return Optional.of(waiting(waiting.get(0)));
      }
      wait();
    }
    return Optional.empty();
  }

  private Waiting waiting(FileName oldest) throws IOException {
    byte[] payload =
        read(oldest).orElseThrow(() -> new IOException(oldest + ": not as it was written"));
    return new Waiting(oldest, new Message(channel(oldest), Bytes.of(payload)));
  }

  private Optional<byte[]> read(FileName file) throws IOException {
    return disk.read(file, MAX_FILE).flatMap(Checksum.LAST_LINE::strip);
  }

  /** Has whoever waits ask himself whether he still should. */
  synchronized void wake() {
    notifyAll();
  }

  /** Deletes a message the broker has. A power cut before that sends it twice, which is allowed. */
  public synchronized void remove(Waiting sent) throws IOException {
    DurableFile.delete(disk, sent.file());
  }

  private void makeRoom() throws IOException {
    List<FileName> waiting = messages();
    if (waiting.size() < MAX_MESSAGES) {
      return;
    }
    Optional<FileName> oldest =
        waiting.stream().filter(file -> channel(file) == Channel.TELEMETRY).findFirst();
    if (oldest.isEmpty()) {
      throw new IOException(
          DIRECTORY + ": " + waiting.size() + " messages wait, none of them ordinary");
    }
    DurableFile.delete(disk, oldest.get());
  }

  private List<FileName> messages() throws IOException {
    return disk.list(DIRECTORY).stream().filter(file -> sequence(file) >= 0).toList();
  }

  private static FileName name(long sequence, Channel channel) {
    return FileName.of(
        DIRECTORY + "/" + String.format(Locale.ROOT, "%016d", sequence) + "-" + channel.topic());
  }

  /** The number in a file's name, or -1 when it is no message: a temporary file. */
  private static long sequence(FileName file) {
    return file.last().matches("\\d{16}-[a-z]+")
        ? Long.parseLong(file.last().substring(0, 16))
        : -1;
  }

  private static Channel channel(FileName file) {
    String topic = file.last().substring(17);
    for (Channel channel : Channel.values()) {
      if (channel.topic().equals(topic)) {
        return channel;
      }
    }
    return Channel.EVENT;
  }
}
