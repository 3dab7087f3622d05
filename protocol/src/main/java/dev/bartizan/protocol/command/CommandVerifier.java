// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.command.CommandRefusal.Reason;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.CompactJws;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * Decides whether a device obeys: a key the policy knows, its signature over the bytes received,
 * for a command that key may give, to this device, now.
 *
 * <p>Whether the command was obeyed before is not decided here: the agent keeps the ids it has
 * executed on disk until they expire.
 */
public final class CommandVerifier {
  /** A device without a battery-backed clock may be this far behind the operator's. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private final Ueid device;
  private final Set<String> groups;

  /** A verifier for one device and the groups it is in. */
  public CommandVerifier(Ueid device, Set<String> groups) {
    this.device = device;
    this.groups = Set.copyOf(groups);
  }

  /**
   * The command, if it is to be obeyed.
   *
   * @param compact the bytes received
   * @param authorised the policy's keys; their signature was checked before
   * @throws CommandRefusal otherwise; nothing has been done
   */
  public AuthorisedCommand accept(byte[] compact, CommandKeys authorised, Instant now)
      throws CommandRefusal {
    Signed signed = read(compact, authorised, now);
    requireAuthority(signed.command(), signed.signer());
    return new AuthorisedCommand(signed.command(), signed.signer().key().kid(), latin1(compact));
  }

  /**
   * The command, if somebody the policy knows gives it to this device, now: who asks like that is
   * answered. Whether it is to be obeyed is for {@link #accept} to say.
   *
   * @throws CommandRefusal otherwise; nothing has been done
   */
  public Command authenticate(byte[] compact, CommandKeys known, Instant now)
      throws CommandRefusal {
    return read(compact, known, now).command();
  }

  private record Signed(Command command, CommandKeys.Entry signer) {}

  private Signed read(byte[] compact, CommandKeys known, Instant now) throws CommandRefusal {
    if (compact.length > Command.MAX_LENGTH) {
      throw new CommandRefusal(Reason.TOO_LONG, "the command has " + compact.length + " bytes");
    }
    try {
      CompactJws jws = CompactJws.parse(latin1(compact), "command");
      CommandKeys.Entry signer = signer(jws, known);
      Command command = Command.read(jws.payload(signer.key()));
      requireAudience(command);
      requireTime(command, now);
      return new Signed(command, signer);
    } catch (Malformed malformed) {
      throw new CommandRefusal(Reason.MALFORMED, malformed);
    } catch (BadSignature bad) {
      throw new CommandRefusal(Reason.BAD_SIGNATURE, bad);
    }
  }

  private static CommandKeys.Entry signer(CompactJws jws, CommandKeys authorised)
      throws CommandRefusal, Malformed {
    if (!jws.type().equals(Command.TYPE)) {
      // A key may sign other things too; none of those is a command.
      throw new Malformed("command header.typ is not " + Command.TYPE);
    }
    return authorised
        .find(jws.kid())
        .orElseThrow(
            () ->
                new CommandRefusal(
                    Reason.UNKNOWN_KEY, "no key of the policy is called " + jws.kid()));
  }

  private static void requireAuthority(Command command, CommandKeys.Entry signer)
      throws CommandRefusal {
    if (!signer.commands().contains(command.name())) {
      throw new CommandRefusal(
          Reason.NOT_AUTHORISED,
          "key " + signer.key().kid() + " may not command " + command.name());
    }
    if (Command.DESTRUCTIVE.contains(command.name())) {
      requireDestructive(command, signer);
    }
  }

  /**
   * What cannot be undone wants a key that is for nothing else, so that it need not lie where
   * commands are given every day; and one device at a time.
   */
  private static void requireDestructive(Command command, CommandKeys.Entry signer)
      throws CommandRefusal {
    if (!signer.isForDestruction()) {
      throw new CommandRefusal(
          Reason.NOT_AUTHORISED,
          command.name() + " needs a key that may command nothing else, not " + signer.key().kid());
    }
    if (command.audience().isGroup()) {
      throw new CommandRefusal(
          Reason.WRONG_AUDIENCE,
          command.name() + " goes to one device, not to " + command.audience());
    }
  }

  private void requireAudience(Command command) throws CommandRefusal {
    if (!command.audience().includes(device, groups)) {
      throw new CommandRefusal(
          Reason.WRONG_AUDIENCE, "the command is for " + command.audience() + ", not for us");
    }
  }

  private static void requireTime(Command command, Instant now) throws CommandRefusal {
    if (!now.isBefore(command.expiresAt())) {
      throw new CommandRefusal(Reason.EXPIRED, "the command expired at " + command.expiresAt());
    }
    if (now.plus(CLOCK_SKEW).isBefore(command.issuedAt())) {
      throw new CommandRefusal(
          Reason.NOT_YET_VALID, "the command is from the future: " + command.issuedAt());
    }
  }

  /** Anything that is not ASCII stays visible and is refused as base64url. */
  private static String latin1(byte[] compact) {
    return new String(compact, StandardCharsets.ISO_8859_1);
  }
}
