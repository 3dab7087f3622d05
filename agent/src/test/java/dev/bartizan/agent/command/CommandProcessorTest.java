// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.CommandVerifier;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.updater.disk.FakeDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which commands are obeyed, when, and how often; by a fake of whoever obeys. */
class CommandProcessorTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Ueid DEVICE = Ueid.of(Digest.of(new byte[] {1}));

  private final FakeDisk disk = new FakeDisk();
  private final SoftwareSigner signer = signer();
  private final List<String> executed = new ArrayList<>();
  private final List<String> answered = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private Optional<CommandKeys> policy = Optional.of(keys("update", "status"));
  private Instant now = NOW;
  private CommandProcessor.Executor executor = this::done;
  private boolean isOutboxFull;

  private CommandProcessor started() throws IOException, Refusal {
    return new CommandProcessor(
        Inbox.open(disk, now),
        new CommandVerifier(DEVICE, Set.of()),
        () -> policy,
        authorised -> executor.execute(authorised),
        new Fleet(),
        () -> now);
  }

  private Optional<Reply> done(AuthorisedCommand authorised) {
    String id = authorised.command().id();
    executed.add(id);
    return Optional.of(Reply.done(id, StrictJson.object()));
  }

  private final class Fleet implements CommandProcessor.Counter {
    @Override
    public void answer(Reply reply) throws IOException {
      if (isOutboxFull) {
        throw new IOException("no room");
      }
      answered.add(new String(reply.toJson().toArray(), StandardCharsets.UTF_8));
    }

    @Override
    public void refused(Refusal refusal) {
      refused.add(refusal.code());
    }

    @Override
    public void wake() {}
  }

  @Test
  void aCommandIsExecutedAndAnsweredOnceHoweverOftenItIsSent() throws Exception {
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    processor.accept(command("command-1", "update"));
    processor.execute();
    processor.execute();
    started().execute();
    started().resume();
    assertEquals(List.of("command-1"), executed);
    assertEquals(1, answered.size());
  }

  // Attack: a command whose key lost its right while the command waited.
  @Test
  void theKeyIsJudgedByThePolicyOfTheMomentOfExecution() throws Exception {
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    policy = Optional.of(keys("status"));
    processor.execute();
    assertEquals(List.of(), executed);
    assertTrue(answered.get(0).contains("NOT_AUTHORISED"), answered.toString());
  }

  // Attack: take the policy away, and with it whoever may forbid.
  @Test
  void withoutAPolicyNobodyMayCommand() throws Exception {
    policy = Optional.empty();
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    processor.execute();
    assertEquals(List.of(), executed);
    assertEquals(1, refused.size());
  }

  @Test
  void aCommandThatExpiresWhileItWaitsIsAnsweredAndNotExecuted() throws Exception {
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    now = NOW.plus(Duration.ofHours(2));
    processor.execute();
    assertEquals(List.of(), executed);
    assertTrue(answered.get(0).contains("EXPIRED"), answered.toString());
  }

  @Test
  void oneThatWaitsForAServerLetsTheOthersGoBeforeAndIsAnsweredOnceItIsDone() throws Exception {
    List<String> slow = new ArrayList<>(List.of("command-1"));
    executor =
        authorised ->
            slow.contains(authorised.command().id()) ? Optional.empty() : done(authorised);
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    processor.accept(command("command-2", "status"));
    processor.execute();
    assertEquals(List.of("command-2"), executed);
    slow.clear();
    processor.execute();
    assertEquals(List.of("command-2", "command-1"), executed);
    assertEquals(2, answered.size());
  }

  @Test
  void anAnswerThatCouldNotBeKeptIsGivenAfterTheNextStart() throws Exception {
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    isOutboxFull = true;
    assertThrows(IOException.class, processor::execute);
    isOutboxFull = false;
    CommandProcessor next = started();
    next.resume();
    assertEquals(1, answered.size());
    next.resume();
    assertEquals(1, answered.size());
  }

  @Test
  void aNoAndAFailureAreAnswersToo() throws Exception {
    executor =
        authorised -> {
          if (authorised.command().id().equals("command-1")) {
            throw new Malformed("no such model");
          }
          throw new IOException("the disk is full");
        };
    CommandProcessor processor = started();
    processor.accept(command("command-1", "update"));
    processor.accept(command("command-2", "update"));
    processor.execute();
    assertTrue(answered.get(0).contains("\"status\":\"refused\""), answered.toString());
    assertTrue(answered.get(1).contains("\"code\":\"NOT_NOW\""), answered.toString());
  }

  private byte[] command(String id, String name) throws Exception {
    Command command =
        new Command(
            "operations@example.com",
            Audience.device(DEVICE),
            id,
            NOW,
            NOW.plus(Duration.ofHours(1)),
            name,
            Map.of());
    return command.sign(signer);
  }

  private CommandKeys keys(String... commands) {
    return new CommandKeys(List.of(new CommandKeys.Entry(signer.key(), Set.of(commands))));
  }

  private static SoftwareSigner signer() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var pair = generator.generateKeyPair();
      return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
    } catch (java.security.GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
