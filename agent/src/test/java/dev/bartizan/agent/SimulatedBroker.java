// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Link;
import dev.bartizan.agent.mqtt.Message;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A broker and its link to one device. Commands wait for the device as long as it takes, and come
 * again when it did not keep them; what the device sends is taken as it comes.
 */
final class SimulatedBroker {
  private static final int MAX_ANSWER = 8 << 20;

  private final Deque<byte[]> waiting = new ArrayDeque<>();

  /** The last answer to each command, and every word that was ever answered to it. */
  private final Map<String, JsonNode> answers = new HashMap<>();

  private final Map<String, Set<String>> words = new HashMap<>();
  private Optional<Connection> connection = Optional.empty();

  /** Somebody gives a command. */
  void give(byte[] jws) {
    waiting.add(jws);
  }

  /** What was answered to a command last. */
  Optional<JsonNode> answer(String command) {
    return Optional.ofNullable(answers.get(command));
  }

  /** {@code accepted}, {@code done}, {@code refused} or {@code failed}, as far as they came. */
  Set<String> words(String command) {
    return words.getOrDefault(command, Set.of());
  }

  boolean isAllDelivered() {
    return waiting.isEmpty();
  }

  Link link(Outbox outbox, BrokerLink.CommandSink commands, BrokerLink.Listener listener) {
    Connection next = new Connection(outbox, commands, listener);
    connection = Optional.of(next);
    return next;
  }

  /** What a link that works would do meanwhile. */
  void carry(boolean isOnline) {
    connection.filter(it -> it.isStarted).ifPresent(it -> it.carry(isOnline));
  }

  /** The device is off. */
  void lost() {
    connection = Optional.empty();
  }

  private final class Connection implements Link {
    private final Outbox outbox;
    private final BrokerLink.CommandSink commands;
    private final BrokerLink.Listener listener;
    private String state = "not yet";
    private boolean isStarted;

    Connection(Outbox outbox, BrokerLink.CommandSink commands, BrokerLink.Listener listener) {
      this.outbox = outbox;
      this.commands = commands;
      this.listener = listener;
    }

    @Override
    public void start() {
      isStarted = true;
    }

    void carry(boolean isOnline) {
      become(isOnline ? BrokerLink.CONNECTED : "no route to host");
      if (isOnline) {
        try {
          deliver();
          collect();
        } catch (IOException notNow) {
          become("device trouble: " + notNow.getMessage());
        }
      }
    }

    private void deliver() throws IOException {
      while (!waiting.isEmpty()) {
        commands.accept(waiting.peek());
        waiting.remove();
      }
    }

    private void collect() throws IOException {
      while (outbox.size() > 0) {
        Outbox.Waiting oldest = oldest();
        if (oldest.message().channel() == Message.Channel.RESPONSE) {
          note(oldest.message());
        }
        outbox.remove(oldest);
      }
    }

    private Outbox.Waiting oldest() throws IOException {
      try {
        return outbox.awaitOldest(() -> true).orElseThrow();
      } catch (InterruptedException nobody) {
        throw new AssertionError(nobody);
      }
    }

    private void note(Message message) {
      try {
        JsonNode answer = StrictJson.read(message.payload().toArray(), MAX_ANSWER, "answer").tree();
        String command = answer.path("jti").asText();
        answers.put(command, answer);
        words.computeIfAbsent(command, any -> new HashSet<>()).add(answer.path("status").asText());
      } catch (Malformed garbled) {
        throw new AssertionError(garbled);
      }
    }

    private void become(String now) {
      if (!now.equals(state)) {
        state = now;
        listener.changed(now);
      }
    }

    @Override
    public void renew() {}

    @Override
    public String state() {
      return state;
    }

    @Override
    public void close() {
      isStarted = false;
    }
  }
}
