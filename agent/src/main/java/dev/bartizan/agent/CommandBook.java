package dev.bartizan.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.command.CommandDesk;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.report.EvidenceDesk;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.statement.Command;
import dev.bartizan.crypto.statement.Nonce;
import dev.bartizan.updater.install.Cause;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Installer;
import java.io.IOException;
import java.util.Optional;

/** What each command does. Runs in the agent's turn. */
final class CommandBook implements CommandDesk.Executor {
  private final Updates updates;
  private final Installer installer;
  private final EvidenceDesk evidence;
  private final Facts facts;

  CommandBook(Updates updates, Installer installer, EvidenceDesk evidence, Facts facts) {
    this.updates = updates;
    this.installer = installer;
    this.evidence = evidence;
    this.facts = facts;
  }

  @Override
  public Reply execute(Command command, String signer)
      throws IOException, Refusal, InterruptedException {
    Cause cause = Cause.command(command.id(), signer);
    switch (command.name()) {
      case "update" -> {
        Optional<String> version = Optional.of(argument(command, "version"));
        updates.order(command.id(), component(command), version, cause);
        return Reply.accepted(command.id());
      }
      case "rollback" -> {
        installer.rollBack(command.id(), component(command), cause);
        return Reply.accepted(command.id());
      }
      case "cancel" -> {
        installer.cancel(argument(command, "deployment"), "by command " + command.id());
        return Reply.done(command.id(), StrictJson.object());
      }
      case "attest" -> {
        byte[] report = evidence.report(nonce(argument(command, "nonce")));
        ObjectNode result = StrictJson.object().put("report", Base64Url.encode(report));
        return Reply.done(command.id(), result);
      }
      case "status" -> {
        return Reply.done(command.id(), facts.status());
      }
      default -> {
        return Reply.unknown(command.id(), command.name());
      }
    }
  }

  /** A model, software of the agent's own, or a suite. */
  private static String component(Command command) throws Malformed {
    String software = command.arguments().get("software");
    String suite = command.arguments().get("suite");
    if (suite != null) {
      return Component.SUITE + suite;
    }
    return software == null ? argument(command, "model") : Component.SOFTWARE + software;
  }

  private static String argument(Command command, String name) throws Malformed {
    String value = command.arguments().get(name);
    if (value == null) {
      throw new Malformed("command " + command.name() + ": argument " + name + " is missing");
    }
    return value;
  }

  static Nonce nonce(String hex) throws Malformed {
    try {
      return Nonce.ofHex(hex);
    } catch (IllegalArgumentException notANonce) {
      throw new Malformed("nonce: is not 8 to 64 bytes in hexadecimal", notANonce);
    }
  }
}
