// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import dev.bartizan.agent.command.Inbox.InboxRefusal;
import dev.bartizan.agent.command.Inbox.Stage;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.CommandRefusal;
import dev.bartizan.protocol.command.CommandVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes commands in on one side and has them executed on the other, each once.
 *
 * <p>{@link #accept} runs on the broker's thread and only verifies and keeps; {@link #execute} runs
 * in the agent's turn.
 */
public final class CommandProcessor implements BrokerLink.CommandSink {
  /** Does what a command says. */
  @FunctionalInterface
  public interface Executor {
    /**
     * Executes, or takes on what will be answered later.
     *
     * @return the answer; empty while somebody else is waited for: it is asked again then, and
     *     others go before
     * @throws Refusal when the answer is no
     * @throws IOException when it cannot be done now
     */
    Optional<Reply> execute(AuthorisedCommand command)
        throws IOException, Refusal, InterruptedException;
  }

  /** Sends answers, and hears of commands that were not taken on. */
  public interface Counter {
    void answer(Reply reply) throws IOException;

    void refused(Refusal refusal);

    void wake();
  }

  /** The command keys of the policy in force. */
  @FunctionalInterface
  public interface Authority {
    Optional<CommandKeys> keys();
  }

  private final Inbox inbox;
  private final CommandVerifier verifier;
  private final Authority authority;
  private final Executor executor;
  private final Counter counter;
  private final InstantSource clock;

  /** Begun, and waiting for somebody else. Only the agent's thread looks here. */
  private final Set<String> later = new HashSet<>();

  public CommandProcessor(
      Inbox inbox,
      CommandVerifier verifier,
      Authority authority,
      Executor executor,
      Counter counter,
      InstantSource clock) {
    this.inbox = inbox;
    this.verifier = verifier;
    this.authority = authority;
    this.executor = executor;
    this.counter = counter;
    this.clock = clock;
  }

  @Override
  public void accept(byte[] jws) throws IOException {
    try {
      // One that its key may not give is kept too: whoever gave it waits for the answer.
      Command command = verifier.authenticate(jws, keys(), clock.instant());
      if (inbox.keep(command, jws, clock.instant())) {
        counter.wake();
      }
    } catch (CommandRefusal | InboxRefusal refusal) {
      // Acknowledged all the same: sending it again would not make it better.
      counter.refused(refusal);
    }
  }

  /** Executes everything that waits, oldest first. Nobody waits for one that takes longer. */
  public void execute() throws IOException, InterruptedException {
    for (Inbox.Entry entry : inbox.at(Stage.STARTED)) {
      if (later.contains(entry.id())) {
        run(entry);
      }
    }
    for (Inbox.Entry entry : inbox.at(Stage.WAITING)) {
      inbox.move(entry.id(), Stage.STARTED);
      run(entry);
    }
  }

  /**
   * After a start: commands that were under way when the agent ended. They are given again, which
   * executes none of them twice: the installer knows its deployments by the command's id, and the
   * others only report.
   */
  public void resume() throws IOException, InterruptedException {
    for (Inbox.Entry entry : inbox.at(Stage.STARTED)) {
      run(entry);
    }
  }

  private void run(Inbox.Entry entry) throws IOException, InterruptedException {
    Optional<Reply> reply;
    try {
      // Verified again: the policy may have changed since it was kept, and the disk is not trusted.
      byte[] jws = entry.jws().getBytes(StandardCharsets.ISO_8859_1);
      AuthorisedCommand authorised = verifier.accept(jws, keys(), clock.instant());
      reply = executor.execute(authorised);
    } catch (Refusal refusal) {
      reply = Optional.of(Reply.refused(entry.id(), refusal));
    } catch (IOException notNow) {
      reply = Optional.of(Reply.failed(entry.id(), String.valueOf(notNow.getMessage())));
    }
    if (reply.isEmpty()) {
      later.add(entry.id());
      return;
    }
    counter.answer(reply.get());
    inbox.move(entry.id(), Stage.DONE);
    later.remove(entry.id());
  }

  private CommandKeys keys() {
    return authority.keys().orElseGet(() -> new CommandKeys(List.of()));
  }
}
