// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.protocol.command.Audience;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A connection of the operator to the broker: commands out, answers in. */
public final class CommandClient implements AutoCloseable {
  private static final int MAX_WAITING = 10_000;

  private final OperatorLine line;
  private final AnswerQueue<CommandAnswer> answers = new AnswerQueue<>(MAX_WAITING);

  private CommandClient(OperatorLine line) {
    this.line = line;
  }

  /**
   * Connects to the broker with the operator's certificate.
   *
   * @param broker {@code ssl://HOST:PORT}, where it listens for operators
   * @param authority the only authority the broker's certificate may come from
   * @param clientId unique at the broker
   */
  public static CommandClient connect(
      String broker, Credentials operator, X509Certificate authority, String clientId)
      throws IOException {
    return new CommandClient(OperatorLine.connect(broker, operator, authority, clientId));
  }

  /** Publishes a signed command; returns when the broker has it. */
  public void send(Audience audience, byte[] compact) throws IOException {
    line.publish(topic(audience), compact);
  }

  /** Listens for the answers of {@code devices}; to be called before {@link #send}. */
  public void listen(Set<Ueid> devices) throws IOException {
    for (Ueid device : devices) {
      line.listen(
          "bartizan/" + device.text() + "/response",
          (topic, message) -> receive(device, message.getPayload()));
    }
  }

  /**
   * Waits until every one of {@code devices} has given its final answer to command {@code id}.
   *
   * @throws IOException when not all did within {@code patience}; the message names who is missing
   */
  public List<CommandAnswer> await(String id, Set<Ueid> devices, Duration patience)
      throws IOException {
    Set<Ueid> missing = new HashSet<>(devices);
    List<CommandAnswer> finals = new ArrayList<>();
    long end = System.nanoTime() + patience.toNanos();
    while (!missing.isEmpty()) {
      CommandAnswer answer = answers.await(end, () -> "no answer yet from " + missing);
      if (answer.id().equals(id) && answer.isFinal() && missing.remove(answer.device())) {
        finals.add(answer);
      }
    }
    return List.copyOf(finals);
  }

  @Override
  public void close() throws IOException {
    line.close();
  }

  /** An answer nobody can read answers nothing. */
  private void receive(Ueid device, byte[] payload) {
    try {
      answers.offer(CommandAnswer.read(device, payload));
    } catch (Malformed unreadable) {
      System.getLogger("dev.bartizan.fleet.command")
          .log(System.Logger.Level.WARNING, "unreadable: {0}", unreadable.getMessage());
    }
  }

  private static String topic(Audience audience) {
    return audience.isGroup()
        ? "bartizan/group/" + audience.name() + "/command"
        : "bartizan/" + audience.name() + "/command";
  }
}
