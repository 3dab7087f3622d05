// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.agent.mqtt.Message.Channel;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final FakeDisk disk = new FakeDisk();

  @Test
  void messagesLeaveInTheOrderTheyCameAlsoAcrossAPowerCut() throws Exception {
    Outbox outbox = Outbox.open(disk);
    outbox.put(message(Channel.TELEMETRY, "first"));
    outbox.put(message(Channel.RESPONSE, "second"));
    disk.reboot(Survival.SYNCED_ONLY, 1);

    Outbox again = Outbox.open(disk);
    again.put(message(Channel.EVENT, "third"));
    for (String expected : new String[] {"first", "second", "third"}) {
      Outbox.Waiting oldest = again.awaitOldest(() -> true).orElseThrow();
      assertEquals(bytes(expected), oldest.message().payload());
      again.remove(oldest);
    }
    assertEquals(0, again.size());
  }

  @Test
  void whenItIsFullTheOldestOrdinaryNewsGoesAndNoAnswer() throws Exception {
    Outbox outbox = Outbox.open(disk);
    outbox.put(message(Channel.RESPONSE, "answer"));
    for (int i = 1; i < Outbox.MAX_MESSAGES; i++) {
      outbox.put(message(Channel.TELEMETRY, "news " + i));
    }
    outbox.put(message(Channel.EVENT, "event"));
    assertEquals(Outbox.MAX_MESSAGES, outbox.size());
    Outbox.Waiting oldest = outbox.awaitOldest(() -> true).orElseThrow();
    assertEquals(bytes("answer"), oldest.message().payload());
    outbox.remove(oldest);
    assertEquals(bytes("news 2"), outbox.awaitOldest(() -> true).orElseThrow().message().payload());
  }

  @Test
  void whenItIsFullOfWhatMustNotBeLostTheNextIsRefusedAndAllStays() throws Exception {
    Outbox outbox = Outbox.open(disk);
    for (int i = 0; i < Outbox.MAX_MESSAGES; i++) {
      outbox.put(message(Channel.EVENT, "event " + i));
    }
    assertThrows(IOException.class, () -> outbox.put(message(Channel.EVENT, "one more")));
    assertEquals(
        bytes("event 0"), outbox.awaitOldest(() -> true).orElseThrow().message().payload());
  }

  private static Message message(Channel channel, String text) {
    return new Message(channel, bytes(text));
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
