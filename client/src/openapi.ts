/** Generated from openapi.json by `bun run generate`; not to be edited. */
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Service card
         * @description What this is, which contracts it believes, and every route.
         */
        get: operations["getService"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description Every account with its grants.
         */
        get: operations["listAccounts"];
        put?: never;
        /**
         * Make an account
         * @description It may mint nothing until it has a grant.
         */
        post: operations["createAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an account
         * @description Its name, or whether it is disabled: then none of its keys counts.
         */
        patch: operations["changeAccount"];
        trace?: never;
    };
    "/accounts/{id}/grants/{stablecoin}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Grant a basket
         * @description The account may mint the basket, within these limits, which take the place of those before. `*` stands for every
         *     basket; such a grant has no limits. What was spent of a limit counts from the moment at which it is set.
         */
        put: operations["setGrant"];
        post?: never;
        /**
         * Take a grant away
         * @description The account may not mint the basket any more, unless it has a grant for every one.
         */
        delete: operations["removeGrant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what wants somebody
         * @description Mints that are uncertain or held up, with the reason, and the newest alarms of the chain. What stops a basket is in its
         *     reserves.
         */
        get: operations["getAttention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baskets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List baskets
         * @description Every basket of the factory that the caller may mint, with the name it is registered under.
         */
        get: operations["listBaskets"];
        put?: never;
        /**
         * Name a basket
         * @description Registers a name under which requests can mean a basket of the factory. A basket with a name is followed.
         */
        post: operations["registerBasket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baskets/{basket}/balances/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a balance
         * @description What an account has of a basket's token, and all there is of it, at one block.
         */
        get: operations["getBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baskets/{basket}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a basket
         * @description Its breaker opens until an operator resumes it. The answer names the call that does the same on chain.
         */
        post: operations["pauseBasket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baskets/{basket}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a basket
         * @description The next mint is the probe that closes its breaker. The answer names the call that does the same on chain.
         */
        post: operations["resumeBasket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baskets/{basket}/statement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a statement of a basket
         * @description What became final in a range of time, with transactions and references, and what it adds up to: `opening` + `minted` −
         *     `redeemed` = `closing`. The books are those of the caller's account, with `audit:read` those of the account that is named
         *     or of all. A line never changes, and none is added to a range that was shown: `to` is the end of what is
         *     shown. As CSV: all lines, with the sums as the first and the last ones.
         */
        get: operations["getStatement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compliance/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain compliance
         * @description Whether a basket would mint for an account now, and if not, why: what the contracts say, the breaker, and what the
         *     reserves leave. 404 where the chain has no compliance lens.
         */
        get: operations["explainCompliance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a browser session
         * @description Turns the key into a cookie for pages of the gateway's own origin; revoking the key ends it.
         */
        post: operations["beginSession"];
        /** End a browser session */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * API reference
         * @description The OpenAPI document as a page that needs no other server.
         */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow everything
         * @description A stream of server-sent events: what happens from now on, or after `Last-Event-ID`. It ends when the server stops;
         *     come back with the last id.
         */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Liveness
         * @description The process lives; with the number and hash of the newest event that it knows. Asks nobody.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description Every key, also those that count no more, by id and page by page; never a secret.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a key
         * @description The answer is the only one that has its secret. The first key that is made ends anonymous access.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep keys after a restore
         * @description A restored database may bring back keys that were revoked since: until an administrator names which to keep, only
         *     keys with `admin` count. All others that are not named are revoked.
         */
        post: operations["keepKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description It counts no more, here at once, on every other instance within a second; nor do its tokens and sessions.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a key
         * @description Makes a successor with the same rights; the old key counts beside it for the overlap, and then no more.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mint
         * @description Accepts an order, carries it out, and answers as soon as the chain has, or when the wait is over. A request that is
         *     sent again with the same `Idempotency-Key` or `bankReference` never mints twice.
         */
        post: operations["createMint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List mints
         * @description Newest first, page by page. As CSV: all of them, or the first `limit`.
         */
        get: operations["listMints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow several mints
         * @description One stream of server-sent events: everything that happened to up to 100 mints, or after `Last-Event-ID`, and what
         *     happens. It ends with the last of them; 204 where all have ended and there is nothing more to say.
         */
        get: operations["followMints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try ended mints again
         * @description Queues again, oldest first, the accepted mints of a basket that came with an `Idempotency-Key` or a `bankReference` and
         *     ended unminted with this code: `rejected` or `failed`, not cancelled, and not refused at admission. A mint whose
         *     reference another one holds by now is skipped and counted; so is one that breaker or reserves would refuse now.
         */
        post: operations["retryMints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sum up mints
         * @description How many mints that were accepted in a range of time are in which state, with which code, and what they add up to, by
         *     basket: those of the caller's account, with `audit:read` those of the account that is named or of all.
         */
        get: operations["summarizeMints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a mint */
        get: operations["getMint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a mint
         * @description Only while it is `queued` and nothing of it was started.
         */
        post: operations["cancelMint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a mint
         * @description A stream of server-sent events: everything that happened to the mint, or after `Last-Event-ID`, and what happens. It
         *     ends with the mint; 204 where it has ended and there is nothing more to say, which ends a browser's `EventSource`.
         */
        get: operations["followMint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the evidence of a mint
         * @description What each run of the workflow for it observed, signed, sent and cost, and how long each step took. Other orders of a
         *     report, names and notes are for `audit:read`.
         */
        get: operations["getMintEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mints/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a mint again
         * @description Only after it was proven that nothing was minted: `rejected` or `failed`. The id and the reference stay. It is judged as
         *     a new request would be; where breaker or reserves refuse it, it keeps its end.
         */
        post: operations["retryMint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * OpenAPI document
         * @description This document.
         */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the kinds of problems
         * @description What each means, what to do, and whether to send the same request again.
         */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain a kind of problem
         * @description What the `type` of a problem leads to: JSON, or a page for people with `Accept: text/html`.
         */
        get: operations["getProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readiness
         * @description Every part that a mint needs, each by name. Costs no question to the chain.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reserves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List reserves
         * @description The figures of every followed basket that the caller may mint: the default one, those with a name, and those minted from here.
         */
        get: operations["listReserves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reserves/{basket}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the reserves of a basket
         * @description Its figures, with the history of its feed.
         */
        get: operations["getReserves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reserves/{basket}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show reserves and liability by time
         * @description What the gateway read of a basket: from every minute of the last two days in which a figure moved, from every hour
         *     before.
         */
        get: operations["getReserveHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a token for one order
         * @description For a browser: it asks for exactly this order and nothing else. The same order again is the same mint, and its events
         *     can be followed with the token for a day.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transparency/{basket}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Publish the reserves of a basket
         * @description Who holds what, and what is issued, in the shape in which Bridge publishes it.
         */
        get: operations["getTransparency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tx/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a transaction
         * @description Its call and its logs, decoded as far as functions and events are known: those of our contracts, of ACE and of the
         *     forwarder; with the report that it delivered, and the baskets that it concerns. The mints are named to their own account.
         */
        get: operations["getTransaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the caller
         * @description The account, the key, its scopes and grants, and how much of its limits is left.
         */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An account. */
        Account: {
            /** @description Its id. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description When it was made. */
            createdAt: components["schemas"]["Timestamp"];
            disabledAt: components["schemas"]["Timestamp"] | null;
            /** @description The baskets that it may mint. */
            grants: components["schemas"]["Grant"][];
        };
        /** @description A change of an account; what is left out stays. */
        AccountChange: {
            /** @description What people call it. */
            name?: string | null;
            /** @description Whether none of its keys counts. */
            disabled?: boolean | null;
        };
        /** @description Every account. */
        AccountList: {
            /** @description The accounts, by id. */
            accounts: components["schemas"]["Account"][];
        };
        /** @description A new account. */
        AccountRequest: {
            /**
             * @description Its id: a short name of the operator's own.
             * @example acme
             */
            id: string;
            /**
             * @description What people call it.
             * @example Acme Bank
             */
            name: string;
        };
        /** @description An address with its EIP-55 checksum. */
        Address: string;
        /** @description Something on chain that people should know of. */
        AlarmData: {
            /** @description Minting consumer of the basket. */
            consumer: components["schemas"]["Address"];
            /** @description The breaker's reason, where it is one. */
            reason: string | null;
            /** @description What happened, as a sentence. */
            message: string;
            /** @description The contract that logged it. */
            contract: components["schemas"]["Address"];
            tx: components["schemas"]["Hash"] | null;
            /**
             * Format: int64
             * @description In which block.
             */
            blockNumber: number | null;
            /** @description Whether it stops minting. */
            stops: boolean;
            scheduled?: components["schemas"]["ScheduledData"] | null;
        };
        /** @description What somebody should look at. */
        Attention: {
            /** @description Mints that are uncertain, or held up, by basket, state and code. */
            mints: components["schemas"]["HeldUpMints"][];
            /** @description Whether these are all of them; `false` where more mints live than one answer counts. */
            complete: boolean;
            /** @description The newest alarms of the chain, newest first. */
            alarms: components["schemas"]["Event"][];
        };
        /** @description An attestation of the reserves, on schedule. */
        AttestationData: {
            /** @description How it ended. */
            code: string;
            /** @description The same as a sentence. */
            message: string;
            /**
             * Format: int64
             * @description The feed's last round.
             */
            round: number;
        };
        /** @description Money that backs the tokens. */
        BackingAccount: {
            /** @description What kind of money; `attested` where the source does not break it down. */
            asset_class: string;
            /** @description Always `usd`. */
            currency: string;
            /** @description How much. */
            amount: components["schemas"]["TokenAmount"];
        };
        /** @description What an account has of a basket's token. */
        Balance: {
            /** @description The account. */
            address: components["schemas"]["Address"];
            /** @description Token of the basket. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description What it has. */
            balance: components["schemas"]["TokenAmount"];
            /** @description All there is of the token on this chain. */
            totalSupply: components["schemas"]["TokenAmount"];
            /**
             * Format: int64
             * @description The block of both.
             */
            blockNumber: number;
        };
        /** @description A basket of the factory. */
        BasketAnswer: {
            /** @description Its token. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Its minting consumer. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description The name it is registered under. */
            name: string | null;
            /** @description Whether a request that names no basket means this one. */
            default: boolean;
            token: components["schemas"]["Token"] | null;
            created: components["schemas"]["BasketOrigin"] | null;
        };
        /** @description Who may create baskets. */
        BasketCreation: {
            /** @description Everybody may. */
            open: boolean;
            /** @description Who may where it is not open; null where the chain does not tell (and where everybody may). */
            creators: components["schemas"]["Address"][] | null;
        };
        /** @description Every basket of the factory, oldest first. */
        BasketList: {
            /** @description The baskets. */
            baskets: components["schemas"]["BasketAnswer"][];
        };
        /** @description How a basket came to be. */
        BasketOrigin: {
            /** @description Who was made its administrator. */
            admin: components["schemas"]["Address"];
            /** @description The transaction. */
            tx: components["schemas"]["Hash"];
            at: components["schemas"]["Timestamp"] | null;
        };
        /** @description A name for a basket of the factory. */
        BasketRequest: {
            /** @description The name: letters, digits, dots, dashes, underscores and spaces. */
            name: string;
            /** @description Token of the basket. */
            stablecoinAddress: string;
            /** @description Minting consumer of the basket. */
            mintingConsumerAddress: string;
        };
        /** @description The mints of a basket. */
        BasketSummary: {
            /** @description Its token. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Its present minting consumer. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /**
             * Format: int64
             * @description How many there are.
             */
            mints: number;
            /** @description What they add up to, whatever became of them. */
            amount: components["schemas"]["TokenAmount"];
            /** @description The same by state and code. */
            totals: components["schemas"]["SummaryTotal"][];
        };
        /** @description A breaker. */
        BreakerAnswer: {
            /** @description Whether mints pass. */
            state: components["schemas"]["BreakerState"];
            /** @description Why it is not closed: a stable word, and a sentence. */
            reasons: {
                [key: string]: string;
            };
            since: components["schemas"]["Timestamp"] | null;
            /**
             * Format: uuid
             * @description The mint that is the probe; null also where that is another account's.
             */
            probe: string | null;
            /**
             * Format: int32
             * @description Answers of the reserve source in a row that proved nothing.
             */
            badAnswers: number;
        };
        /** @description A breaker that moved. */
        BreakerData: {
            /** @description Whether mints pass now. */
            state: string;
            /** @description Whether they passed before. */
            before: string;
            /** @description Why it is not closed, each with a sentence. */
            reasons: {
                [key: string]: string;
            };
            /** @description Whether a mint is under way as the probe; which one is its account's affair. */
            probing: boolean;
        };
        /**
         * @description Whether mints pass.
         * @enum {string}
         */
        BreakerState: "closed" | "open" | "half-open";
        /** @description A function that was called. */
        Call: {
            /**
             * @description Its name.
             * @example report
             * @example createBasket
             */
            function: string;
            /**
             * @description Its signature.
             * @example createBasket(string,string,address)
             */
            signature: string;
            /** @description Its arguments by name: integers beyond 32 bits as decimal digits, amounts in base units. */
            values: Record<string, never>;
            /** @description Those of them that are amounts of the basket's token, in whole tokens. */
            tokens: {
                [key: string]: components["schemas"]["TokenAmount"];
            };
        };
        /** @description A chain. */
        Chain: {
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * @description Its name; the CAIP-2 name where this gateway knows no other.
             * @example Sepolia
             * @example eip155:10
             */
            name: string;
            /** @description Where a page on this machine can ask a local test chain; null for every other chain. */
            rpcUrl: string | null;
            /** @description Its block explorer; null where transactions are shown by this gateway. */
            explorer: string | null;
        };
        /** @description A call that the basket's admin can send; the gateway holds no key for it. */
        ChainCall: {
            /** @description The contract. */
            to: components["schemas"]["Address"];
            /** @description The call data. */
            data: string;
            signer: components["schemas"]["Address"] | null;
        };
        /** @description Tokens on one chain. */
        ChainSupply: {
            /**
             * @description The chain by its CAIP-2 name, or `elsewhere`: what a bridge has taken away or has on its way.
             * @example eip155:11155111
             * @example elsewhere
             */
            chain: string;
            /** @description How much. */
            amount: components["schemas"]["TokenAmount"];
        };
        /**
         * @description `ok`, or what is wrong, in one sentence.
         * @example ok
         * @example the reserve API does not answer
         */
        Check: string;
        /**
         * @description How a check stands.
         * @enum {string}
         */
        CheckState: "passed" | "failed" | "unknown";
        /** @description Each part that a mint needs: `ok`, or what is wrong with it. */
        Checks: {
            /** @description The database answers. */
            database: components["schemas"]["Check"];
            /**
             * @description The chain has answered when it was asked last, and is the one of this database with code at every configured
             *     address. Until then nothing is read from it and no run begins; the gateway asks again by itself.
             */
            chain: components["schemas"]["Check"];
            /** @description The endpoints answer with the expected chain id. */
            chainId: components["schemas"]["Check"];
            /** @description There is code at the forwarder's address. */
            forwarder: components["schemas"]["Check"];
            /** @description There is code at the factory's address. */
            basketFactory: components["schemas"]["Check"];
            /** @description Bun runs. */
            bun: components["schemas"]["Check"];
            /** @description The CRE project folder has a workflow. */
            workflow: components["schemas"]["Check"];
            /** @description The reserve API answers. */
            reserveApi: components["schemas"]["Check"];
            /** @description What writes to the database gets its work done. */
            writer: components["schemas"]["Check"];
            /** @description What carries out mints, settles and ends them, looks for work. */
            worker: components["schemas"]["Check"];
            /** @description What follows the chain has looked at it. */
            monitor: components["schemas"]["Check"];
            /** @description What attests reserves on schedule keeps to it. */
            scheduler: components["schemas"]["Check"];
        };
        /** @description A jump of the database's clock, which may have cost claims. */
        ClockJump: {
            /**
             * Format: int64
             * @description By how many milliseconds; negative = backwards.
             */
            byMs: number;
            /** @description When it was noticed, by the new time. */
            at: components["schemas"]["Timestamp"];
        };
        /**
         * @description Whether a basket would mint for an account now, and what stands in the way. Only a mint itself asks the reserve source
         *     anew.
         */
        ComplianceAnswer: {
            /** @description Whether nothing that is known stands in the way: no check has failed. */
            wouldMint: boolean;
            /** @description Everything that is looked at, each by name. */
            checks: components["schemas"]["ComplianceCheck"][];
            /** @description What was asked about; the smallest mint where no amount was named. */
            amount: components["schemas"]["TokenAmount"];
            /** @description What the contracts would say; the reserves and the gateway's own breaker are not their business here. */
            verdict: components["schemas"]["VerdictAnswer"];
            /** @description The account. */
            beneficiary: components["schemas"]["Address"];
            /** @description Token of the basket. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Minting consumer of the basket. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description Minting is paused on chain. */
            paused: boolean;
            /** @description The account is on the deny list. */
            blacklisted: boolean;
            /** @description The allow list. */
            whitelist: components["schemas"]["WhitelistAnswer"];
            /** @description The check of credentials. */
            identity: components["schemas"]["IdentityAnswer"];
            /** @description How much may be minted. */
            limits: components["schemas"]["LimitsAnswer"];
        };
        /** @description Something that a mint needs. */
        ComplianceCheck: {
            /**
             * @description Its name.
             * @example breaker
             * @example reserves
             * @example deny-list
             * @example identity
             * @example account-limit
             */
            name: string;
            /** @description How it stands. */
            state: components["schemas"]["CheckState"];
            /** @description What that means, in one sentence. */
            meaning: string;
            /**
             * @description The call that changes it: of this API, or of a contract and by whom; null where nothing has to change or nothing
             *     can.
             */
            changedBy: string | null;
        };
        /** @description A wish for delivery to another chain. */
        CrossChain: {
            /** @description Only false is accepted. */
            enabled: boolean;
        };
        /** @description A place in a list: send it as `cursor` for the page after it. */
        Cursor: string;
        /** @description The database's clock, as this process sees it. */
        DatabaseClock: {
            /**
             * Format: int64
             * @description By how many milliseconds it is ahead of this machine's; negative = behind.
             */
            aheadOfMachineMs: number;
            lastJump: components["schemas"]["ClockJump"] | null;
        };
        /** @description Something that an RPC endpoint lacks. */
        EndpointSubstitute: {
            /** @description Place of the endpoint in `RPC_URL`, from 0. */
            endpoint: number;
            /**
             * @description What it lacks, and what is done instead.
             * @example it gives no logs by a block's hash: they are read by block numbers
             */
            sentence: string;
        };
        /** @description One entry of the event log; `id` and `event` of the server-sent event are its `seq` and `kind`. */
        Event: {
            /**
             * Format: int64
             * @description Its number: 1, 2, 3 … without gaps.
             */
            seq: number;
            /** @description The mint that it is about, if it is about one. */
            mintId?: string | null;
            /** @description The token of the basket that it is about, if it is about a basket; `data` names accounts and keys. */
            basket?: string | null;
            /**
             * @description What happened.
             * @example mint.accepted
             * @example mint.minted
             * @example breaker.opened
             */
            kind: string;
            /** @description When. */
            at: components["schemas"]["Timestamp"];
            /** @description What belongs to it, as it was logged. */
            data: components["schemas"]["EventData"];
            /** @description Hash over the previous entry's hash and this entry. */
            hash: string;
        };
        /** @description What belongs to an event, by its kind. */
        EventData: components["schemas"]["MintOrder"] | components["schemas"]["MintProgress"] | components["schemas"]["StepsData"] | components["schemas"]["BreakerData"] | components["schemas"]["OperatorData"] | components["schemas"]["AlarmData"] | components["schemas"]["AttestationData"] | {
            [key: string]: unknown;
        };
        /** @description The end of the event log. */
        EventHead: {
            /**
             * Format: int64
             * @description Number of its newest entry; 0 = the log is empty.
             */
            seq: number;
            /** @description Hash of that entry, in which those of all entries before it are contained. */
            hash: string;
        };
        /** @description What backs a code; amounts are decimal numbers of whole tokens. Which members are there depends on the code. */
        Evidence: {
            policy?: components["schemas"]["Address"] | null;
            /** @description Name of the verdict or of the breaker's reason, for example `BLACKLISTED`. */
            reason?: string | null;
            reserves?: components["schemas"]["TokenAmount"] | null;
            liability?: components["schemas"]["TokenAmount"] | null;
            requested?: components["schemas"]["TokenAmount"] | null;
            deficit?: components["schemas"]["TokenAmount"] | null;
            reserved?: components["schemas"]["TokenAmount"] | null;
            limit?: components["schemas"]["TokenAmount"] | null;
            spent?: components["schemas"]["TokenAmount"] | null;
            resetsAt?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int64
             * @description Seconds after which asking again makes sense.
             */
            retryAfterSeconds?: number | null;
            /** @description Field of the request that is wrong. */
            field?: string | null;
        };
        /** @description A reserve feed. */
        FeedAnswer: {
            /** @description Its address. */
            address: components["schemas"]["Address"];
            latestRound: components["schemas"]["FeedRound"] | null;
        };
        /** @description A round of a reserve feed. */
        FeedRound: {
            /**
             * Format: int64
             * @description Its number.
             */
            round: number;
            /** @description The reserves. */
            reserves: components["schemas"]["TokenAmount"];
            /** @description The source's time. */
            observedAt: components["schemas"]["Timestamp"];
        };
        /** @description The right to mint a basket; amounts in whole tokens, null = no limit. */
        Grant: {
            /**
             * @description The token of the basket; `*` = every basket.
             * @example 0x532323de74BAb864b7005D910E5bD8562D038b9b
             */
            stablecoinAddress: string;
            perMint: components["schemas"]["TokenAmount"] | null;
            perDay: components["schemas"]["TokenAmount"] | null;
            perBeneficiary: components["schemas"]["TokenAmount"] | null;
            spentToday?: components["schemas"]["TokenAmount"] | null;
        };
        /** @description The limits of a grant, in whole tokens; what is left out has no limit. */
        GrantRequest: {
            /**
             * @description Most of one mint.
             * @example 1000
             */
            perMint?: string | null;
            /**
             * @description Most of one day (UTC).
             * @example 50000
             */
            perDay?: string | null;
            /**
             * @description Most of one day (UTC) for one beneficiary.
             * @example 5000
             */
            perBeneficiary?: string | null;
        };
        /** @description Grants that count together. */
        GrantSet: {
            /** @description Whose they are: `account/…` or `key/…`. */
            of: string;
            /** @description The grants. */
            grants: components["schemas"]["Grant"][];
        };
        /** @description 32 bytes: a transaction, a block, or a reference on chain. */
        Hash: string;
        /** @description The process lives. */
        Health: {
            /** @description Always `ok`. */
            status: string;
            /** @description The newest event that it knows. */
            eventHead: components["schemas"]["EventHead"];
        };
        /** @description Mints that wait for the same. */
        HeldUpMints: {
            /** @description Token of their basket. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Their state. */
            status: components["schemas"]["MintStatus"];
            /** @description What holds them up; null where the chain is being asked. */
            code: string | null;
            /** @description The same as a sentence, for the one that has waited longest. */
            reason: string | null;
            /**
             * Format: int64
             * @description How many there are.
             */
            mints: number;
            /**
             * Format: uuid
             * @description The one that has waited longest.
             */
            oldestMintId: string;
            /** @description Since when. */
            since: components["schemas"]["Timestamp"];
        };
        /** @description The check of credentials. */
        IdentityAnswer: {
            /** @description It is in force. */
            required: boolean;
            /** @description The account has an identity. */
            registered: boolean;
            /** @description Requirements that are not met, in force or not. */
            unmet: components["schemas"]["UnmetRequirement"][];
            /** @description The jurisdiction credential. */
            jurisdiction: string | null;
            /** @description The basket accepts that jurisdiction. */
            accepted: boolean;
        };
        /** @description The keys that count again after a restore. */
        KeepRequest: {
            /** @description Their ids; all others, but those of administrators, are revoked. */
            keys: string[];
        };
        /** @description The keys that count again. */
        KeptKeys: {
            /** @description Their ids, besides those of administrators. */
            keys: string[];
        };
        /** @description A key, without its secret. */
        Key: {
            /** @description Its id. */
            id: string;
            /** @description The account that it acts for. */
            account: string;
            /** @description Who holds it. */
            holder: string;
            /** @description What it is for. */
            name: string;
            /** @description Whether it is for a chain that is no test network. */
            live: boolean;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
            /** @description From where it counts; empty = from everywhere. */
            networks: string[];
            /** @description What it may mint of what its account may; null = all of it. */
            grants: components["schemas"]["Grant"][] | null;
            /** @description When it was made. */
            createdAt: components["schemas"]["Timestamp"];
            expiresAt: components["schemas"]["Timestamp"] | null;
            revokedAt: components["schemas"]["Timestamp"] | null;
            lastUsedAt: components["schemas"]["Timestamp"] | null;
            /** @description The key whose successor it is. */
            replaces: string | null;
        };
        /** @description A grant of a key, in whole tokens; what is left out has no limit besides the account's. */
        KeyGrantRequest: {
            /** @description The basket, by its token or consumer. */
            stablecoinAddress: string;
            /** @description Most of one mint. */
            perMint?: string | null;
            /** @description Most of one day (UTC). */
            perDay?: string | null;
            /** @description Most of one day (UTC) for one beneficiary. */
            perBeneficiary?: string | null;
        };
        /** @description One page of keys. */
        KeyList: {
            /** @description The keys, by id. */
            keys: components["schemas"]["Key"][];
            /** @description What to send as `cursor` for the next page; null when this is the last. */
            nextCursor: string | null;
        };
        /** @description A new key. */
        KeyRequest: {
            /**
             * @description What it is for.
             * @example settlement system
             */
            name: string;
            /** @description Who holds it; the same as its name, unless given. */
            holder?: string | null;
            /** @description The account that it acts for; `default`, unless given. */
            account?: string | null;
            /** @description What it may do. */
            scopes: components["schemas"]["Scope"][];
            /** @description From where it counts: addresses and networks such as `192.0.2.0/24`; everywhere, unless given. */
            networks?: string[] | null;
            /** @description What it may mint of what its account may; all of it, unless given. */
            grants?: components["schemas"]["KeyGrantRequest"][] | null;
            /**
             * Format: date-time
             * @description When it ends (RFC 3339); never, unless given.
             */
            expiresAt?: string | null;
        };
        /** @description How much may be minted. */
        LimitsAnswer: {
            /** @description Smallest mint. */
            minPerMint: components["schemas"]["TokenAmount"];
            maxPerMint: components["schemas"]["TokenAmount"] | null;
            /** @description Most for one identity in one period, with all its accounts; for one account where that has no identity. */
            perPeriod: components["schemas"]["TokenAmount"];
            /** @description What is used of that in the present period. */
            usedInPeriod: components["schemas"]["TokenAmount"];
            /** @description That period, a whole number of seconds. */
            periodSeconds: string;
        };
        /** @description A log, decoded where the event is known: those of our contracts, of ACE and of the forwarder. */
        Log: {
            /** @description The contract that wrote it. */
            address: components["schemas"]["Address"];
            /**
             * @description What that contract is; null when it belongs to no basket that the transaction names.
             * @example StablecoinERC20
             * @example MintingConsumerWithACE
             */
            contract: string | null;
            /**
             * @description The event's name; null when it is unknown.
             * @example MintExecuted
             * @example MintRejected
             * @example Transfer
             * @example ReportProcessed
             */
            event: string | null;
            /**
             * @description The event's signature; null when it is unknown.
             * @example Transfer(address,address,uint256)
             */
            signature: string | null;
            /**
             * @description The event's arguments by name: integers beyond 32 bits as decimal digits, amounts in base units. `topics` and
             *     `data` when the event is unknown.
             */
            values: Record<string, never>;
            /** @description Those of them that are amounts of the basket's token, in whole tokens. */
            tokens: {
                [key: string]: components["schemas"]["TokenAmount"];
            };
        };
        /** @description A mint as the caller sees it. */
        Mint: components["schemas"]["MintStage"] & components["schemas"]["MintOrder"] & {
            /** @description Whether it was minted. */
            success: boolean;
            mintTx?: components["schemas"]["Hash"] | null;
            /**
             * Format: uri
             * @description Where that transaction can be looked at.
             */
            etherscan?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            mintId: string;
            /** @description When it was accepted. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description When it changed last. */
            updatedAt: components["schemas"]["Timestamp"];
        };
        /** @description A mint, and what the workflow's runs for it can show for themselves. */
        MintEvidence: components["schemas"]["MintOrder"] & {
            /**
             * Format: uuid
             * @description Its id.
             */
            mintId: string;
            /** @description Where it stands. */
            status: components["schemas"]["MintStatus"];
            mintTx: components["schemas"]["Hash"] | null;
            /** @description Its runs, newest last: at most the newest 50. A run that ended without a word is not among them. */
            runs: components["schemas"]["Run"][];
        };
        /** @description An order: what was asked for, in whole tokens. */
        MintOrder: {
            /** @description Token of the basket. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Minting consumer of the basket. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description Who receives the tokens. */
            beneficiary: components["schemas"]["Address"];
            /** @description How much. */
            amount: components["schemas"]["TokenAmount"];
            /** @description The bank's reference of the payment; the mint's id where the caller gave none. */
            bankReference: string;
            /** @description The reference on chain. */
            reference: components["schemas"]["Hash"];
        };
        /** @description One page of mints, newest first. */
        MintPage: {
            /** @description The mints. There may be fewer than `limit` although more follow, where two filters rarely meet. */
            mints: components["schemas"]["Mint"][];
            nextCursor: components["schemas"]["Cursor"] | null;
        };
        /** @description What happened to a mint: the data of its events. */
        MintProgress: components["schemas"]["MintStage"] & {
            mintTx?: components["schemas"]["Hash"] | null;
        };
        /**
         * @description The order of a mint. The basket is named by its pair of addresses, by `basket`, or not at all: then it is the
         *     default one.
         */
        MintRequest: {
            /**
             * @description The account that receives the tokens; mixed case must be the EIP-55 checksum.
             * @example 0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd
             */
            beneficiary: string;
            /**
             * @description How much: a decimal number of whole tokens.
             * @example 1000
             * @example 0.5
             */
            amount: string;
            /** @description Token of the basket; with `mintingConsumerAddress`, or neither. */
            stablecoinAddress?: string | null;
            /** @description Minting consumer of the basket; with `stablecoinAddress`, or neither. */
            mintingConsumerAddress?: string | null;
            /** @description The basket's registered name, or the address of its token or consumer, instead of the pair. */
            basket?: string | null;
            /**
             * @description The bank's own reference of the payment; each is minted once. On chain it is keccak256 of its UTF-8 bytes, or
             *     itself where it is 0x and 64 hex digits.
             * @example MT103-2026-0042
             */
            bankReference?: string | null;
            /**
             * Format: date-time
             * @description When the request ends: nothing of it is minted afterwards. At least 60 seconds and at most 24 hours ahead; without
             *     it 24 hours, or some minutes for a request with neither key nor bank reference.
             */
            expiresAt?: string | null;
            crossChain?: components["schemas"]["CrossChain"] | null;
        };
        /** @description How far a mint is. */
        MintStage: components["schemas"]["Evidence"] & {
            /** @description Where it stands. */
            status: components["schemas"]["MintStatus"];
            /**
             * Format: int32
             * @description Attempts so far, the present one with them; runs of which nothing was signed for a reason that is no refusal do
             *     not count.
             */
            attempts: number;
            /**
             * Format: int64
             * @description Block of the mint event.
             */
            blockNumber?: number | null;
            validUntil?: components["schemas"]["Timestamp"] | null;
            /** @description When the request ends: nothing of it is minted afterwards. */
            expiresAt: components["schemas"]["Timestamp"];
            /** @description Why it was not minted, or not yet: a sentence for people. */
            error?: string | null;
            code?: components["schemas"]["ProblemCode"];
        };
        /**
         * @description Where a mint stands.
         * @enum {string}
         */
        MintStatus: "queued" | "executing" | "submitted" | "minted" | "finalized" | "rejected" | "failed" | "cancelled" | "uncertain";
        /** @description Counts and sums of the mints that were accepted in a range of time, as they stand now. */
        MintSummary: {
            /** @description Beginning of the range, with it. */
            createdFrom: components["schemas"]["Timestamp"];
            /** @description End of the range, without it. */
            createdTo: components["schemas"]["Timestamp"];
            /** @description One entry for each basket that has mints in the range. */
            baskets: components["schemas"]["BasketSummary"][];
        };
        /** @description A new key with its secret, which is shown this once. */
        NewKeyAnswer: components["schemas"]["Key"] & {
            /** @description The whole key. */
            key: string;
        };
        /** @description The basket's breaker afterwards, and how its admin does the same on chain. */
        OperatorAnswer: {
            /** @description Minting consumer of the basket. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description Its breaker. */
            breaker: components["schemas"]["BreakerAnswer"];
            /** @description The call that does the same on chain. */
            onChain: components["schemas"]["ChainCall"];
        };
        /** @description What an operator did. */
        OperatorData: {
            /** @description Minting consumer of the basket. */
            consumer: components["schemas"]["Address"];
            /** @description Why, as the operator wrote it. */
            reason: string;
            /** @description Who: the id of a key, or `anonymous`. */
            by: string;
        };
        /** @description Why. */
        OperatorRequest: {
            /** @description One printable sentence; it is logged. */
            reason: string;
        };
        /** @description A token, which is shown this once. */
        OrderToken: {
            /** @description The whole token; it is sent as a key is. */
            token: string;
            /** @description Its id, which is the idempotency key of its order. */
            id: string;
            /** @description Until when the order may be asked for. */
            expiresAt: components["schemas"]["Timestamp"];
            /** @description Until when its mint can be read with it. */
            readsUntil: components["schemas"]["Timestamp"];
        };
        /** @description What a run said of an order. */
        OrderVerdict: {
            /** @description In one word. */
            outcome: components["schemas"]["RunOutcome"];
            /** @description Why. */
            code: string | null;
            /** @description The policy that refused. */
            policy: string | null;
            /** @description Name of the consumer's verdict, or what the reserve source said. */
            reason: string | null;
        };
        /** @description A round of a reserve feed, and where it was written. */
        PastRound: components["schemas"]["FeedRound"] & {
            /**
             * Format: int64
             * @description Its block.
             */
            blockNumber: number | null;
            tx: components["schemas"]["Hash"] | null;
        };
        /** @description A problem: RFC 9457, with the guide's `success` and `error`, and what backs the code. */
        Problem: components["schemas"]["Evidence"] & {
            /**
             * Format: uri-reference
             * @description The kind of problem: the address of a page that explains it.
             * @example /problems/ace-rejected
             */
            type: string;
            /** @description The kind of problem in a few words. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 422
             */
            status: number;
            /** @description What happened: one sentence for people. */
            detail: string;
            /** @description Always false: nothing was minted by this request. */
            success: boolean;
            /** @description The same sentence as `detail`. */
            error: string;
            /** @description The kind of problem as a stable word. */
            code: components["schemas"]["ProblemCode"];
            /**
             * Format: uuid
             * @description The mint that it is about.
             */
            mintId?: string | null;
            mintStatus?: components["schemas"]["MintStatus"] | null;
            /** @description The limits of requests that this one went over. */
            "violated-policies"?: string[] | null;
        };
        /**
         * @description A kind of problem; stable.
         * @enum {string}
         */
        ProblemCode: "INVALID_REQUEST" | "IDEMPOTENCY_KEY_REQUIRED" | "UNAUTHORIZED" | "SCOPE_MISSING" | "RESTORED" | "ORIGIN_NOT_ALLOWED" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "CANCELLED" | "DUPLICATE_REFERENCE" | "NOT_ALLOWED" | "BODY_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "HOST_NOT_ALLOWED" | "UNKNOWN_BASKET" | "BASKET_MISMATCH" | "CROSS_CHAIN_UNAVAILABLE" | "IDEMPOTENCY_MISMATCH" | "ACE_REJECTED" | "INVALID_ORDER" | "MINT_CAP_EXCEEDED" | "POR_INSUFFICIENT_RESERVES" | "NO_RESERVE_ASSIGNED" | "AMOUNT_LIMIT_EXCEEDED" | "RATE_LIMITED" | "TOO_MANY_TOKENS" | "INTERNAL" | "WORKFLOW_FAILED" | "TRANSMITTER_UNFUNDED" | "POR_STALE" | "POR_UNAVAILABLE" | "POR_RIPCORD" | "POR_INVALID" | "CIRCUIT_OPEN" | "EXPIRED" | "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TOO_MANY_STREAMS" | "TIMEOUT";
        /** @description Every kind of problem. */
        ProblemList: {
            /** @description The kinds. */
            problems: components["schemas"]["ProblemPage"][];
        };
        /** @description A kind of problem: what it means, what to do, and whether to send the same request again. */
        ProblemPage: {
            /**
             * Format: uri-reference
             * @description What problems of this kind have as `type`: the address of this page.
             */
            type: string;
            /** @description What they have as `code`. */
            code: components["schemas"]["ProblemCode"];
            /**
             * Format: int32
             * @description Their HTTP status.
             */
            status: number;
            /** @description What it means. */
            title: string;
            /** @description What to do. */
            advice: string;
            /** @description Whether the same request, sent again later, may succeed without a change. */
            retry: boolean;
        };
        /** @description Tokens on one chain, as Bridge publishes them. */
        PublishedSupply: {
            /** @description The chain by its CAIP-2 name, or `elsewhere`. */
            chain: string;
            /** @description The token's symbol. */
            currency: string;
            /** @description How much. */
            amount: components["schemas"]["TokenAmount"];
        };
        /** @description Whether everything that a mint needs is there. */
        Readiness: {
            /** @description Whether all checks are `ok`. */
            ready: boolean;
            /** @description Each part. */
            checks: components["schemas"]["Checks"];
            /** @description The database's clock, which decides about leases and due times. */
            clock: components["schemas"]["DatabaseClock"];
            /** @description What RPC endpoints lack. It is done in another way, so it is no reason to send nothing here. */
            substitutes: components["schemas"]["EndpointSubstitute"][];
        };
        /** @description A receipt. */
        Receipt: {
            /** @description The transaction. */
            transactionHash: components["schemas"]["Hash"];
            /**
             * @description Whether the transaction itself succeeded; says nothing about a mint.
             * @example success
             * @example reverted
             */
            status: string;
            /**
             * Format: int64
             * @description Number of its block.
             */
            blockNumber: number | null;
            blockHash: components["schemas"]["Hash"] | null;
            /** @description Who sent it. */
            from: components["schemas"]["Address"];
            to: components["schemas"]["Address"] | null;
            /** @description Gas it used. */
            gasUsed: string;
            /** @description Its logs. */
            logs: components["schemas"]["Log"][];
        };
        /** @description A basket that now has a name. */
        RegisteredBasket: {
            /** @description The name. */
            name: string;
            /** @description Its token. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Its minting consumer. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /**
             * Format: int32
             * @description Decimals of the token.
             */
            decimals: number;
        };
        /** @description A report that was delivered to the forwarder. */
        Report: {
            /** @description The consumer that it was delivered to. */
            receiver: components["schemas"]["Address"];
            header: components["schemas"]["ReportHeader"] | null;
            body: components["schemas"]["ReportBody"] | null;
            /** @description How many signatures came with it. */
            signatures: number;
        };
        /** @description What a report tells the consumer. */
        ReportBody: {
            /**
             * Format: int32
             * @description Layout of the body.
             */
            version: number;
            /**
             * @description What to do.
             * @example mint
             * @example attest
             */
            instruction: string;
            /** @description The only chain on which it is valid. */
            chainId: string;
            /** @description The only consumer for which it is valid. */
            consumer: components["schemas"]["Address"];
            /** @description Last second at which it is valid. */
            validUntil: components["schemas"]["Timestamp"];
            /** @description What the DON observed at the reserve source. */
            reserves: components["schemas"]["ReportedFigure"];
            /** @description The source's time of that figure. */
            observedAt: components["schemas"]["Timestamp"];
            /** @description The mints to make. */
            orders: components["schemas"]["ReportedOrderAnswer"][];
        };
        /** @description What a DON says about a report. */
        ReportHeader: {
            /**
             * Format: int32
             * @description Layout of the header.
             */
            version: number;
            /** @description The run. */
            workflowExecutionId: components["schemas"]["Hash"];
            /** @description The time of the run. */
            time: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description The DON.
             */
            donId: number;
            /**
             * Format: int32
             * @description The version of its list of signers.
             */
            donConfigVersion: number;
            /** @description The workflow: its code and configuration. */
            workflowId: components["schemas"]["Hash"];
            /** @description The workflow's name as it is hashed on chain. */
            workflowName: string;
            /** @description The workflow's owner. */
            workflowOwner: components["schemas"]["Address"];
            /** @description Which report of the run it is. */
            reportId: string;
        };
        /** @description An amount in base units and, where the token is known, in whole tokens. */
        ReportedFigure: {
            /** @description In base units. */
            amount: string;
            tokens: components["schemas"]["TokenAmount"] | null;
        };
        /** @description An order of a report. */
        ReportedOrderAnswer: components["schemas"]["ReportedFigure"] & {
            /** @description The reference on chain. */
            reference: components["schemas"]["Hash"];
            /** @description The beneficiary. */
            account: components["schemas"]["Address"];
        };
        /** @description Requests that are left of a limit. */
        RequestsLeft: {
            /**
             * Format: int32
             * @description Requests a minute.
             */
            perMinute: number;
            /**
             * Format: int32
             * @description Requests that are left.
             */
            remaining: number;
        };
        /** @description The figures of a basket. */
        ReserveAnswer: {
            /** @description Its token. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Its minting consumer. */
            mintingConsumerAddress: components["schemas"]["Address"];
            reserves: components["schemas"]["TokenAmount"] | null;
            observedAt: components["schemas"]["Timestamp"] | null;
            /** @description Issued minus redeemed, on whatever chain the tokens are. */
            liability: components["schemas"]["TokenAmount"];
            /** @description Where the tokens are. */
            supply: components["schemas"]["ChainSupply"][];
            /** @description Supply of the token beyond the liability. */
            unexplainedSupply: components["schemas"]["TokenAmount"];
            /** @description Promised, not minted yet, to all accounts together. */
            reserved: components["schemas"]["TokenAmount"];
            headroom: components["schemas"]["TokenAmount"] | null;
            /**
             * Format: int64
             * @description Part of the reserves that may be issued against, in basis points.
             */
            marginBps: number;
            /**
             * @description Reserves by liability; null when nothing is issued.
             * @example 1.0523
             */
            collateralRatio: string | null;
            /** @description What lets mints pass, or not. */
            breaker: components["schemas"]["BreakerAnswer"];
            /** @description What each reserve source said in the last run. */
            sources: components["schemas"]["SourceAnswer"][];
            /** @description Sentences about them that people should read. */
            warnings: string[];
            refusal: components["schemas"]["ReserveRefusal"] | null;
            lastRunAt: components["schemas"]["Timestamp"] | null;
            /** @description The reserve feed on chain. */
            feed: components["schemas"]["FeedAnswer"];
            /**
             * Format: int64
             * @description The block of the figures.
             */
            blockNumber: number;
        };
        /** @description The figures of a basket, with the history of its feed. */
        ReserveHistory: components["schemas"]["ReserveAnswer"] & {
            /** @description The newest rounds of the feed, newest first. */
            history: components["schemas"]["PastRound"][];
        };
        /** @description The figures of every followed basket. */
        ReserveList: {
            /** @description One entry for each basket. */
            reserves: components["schemas"]["ReserveAnswer"][];
        };
        /** @description What a basket owned and owed at one time. */
        ReserveReading: {
            /** @description When the gateway read it. */
            at: components["schemas"]["Timestamp"];
            reserves: components["schemas"]["TokenAmount"] | null;
            /** @description What was issued and neither redeemed nor written off. */
            liability: components["schemas"]["TokenAmount"];
        };
        /** @description What a basket owned and owed in a range of time. */
        ReserveReadings: {
            /** @description Beginning of the range, with it. */
            from: components["schemas"]["Timestamp"];
            /** @description End of the range, without it. */
            to: components["schemas"]["Timestamp"];
            /** @description Oldest first. Each holds until the next; the first may be older than the range: it held when the range began. */
            points: components["schemas"]["ReserveReading"][];
        };
        /** @description Why the reserve sources proved nothing. */
        ReserveRefusal: {
            /** @description A stable word. */
            code: string;
            /** @description A sentence. */
            reason: string;
        };
        /** @description What became of them. */
        Retried: {
            /**
             * Format: int64
             * @description Mints that are queued again.
             */
            retried: number;
            /**
             * Format: int64
             * @description Mints whose reference another one holds by now, or that changed in the meantime.
             */
            skipped: number;
            /**
             * Format: int64
             * @description Mints that grants, limits, breaker or reserves would refuse as a new request now; they keep their end.
             */
            refused: number;
        };
        /** @description Which ended mints are tried again. */
        RetryRequest: {
            /**
             * @description The code that they ended with.
             * @example EXPIRED
             */
            code: string;
            /** @description Their basket: a registered name, or the address of its token or consumer. */
            basket: string;
            /**
             * Format: int64
             * @description Most mints that are tried again.
             * @default 1000
             */
            limit?: number | null;
        };
        /** @description How a key gets its successor. */
        RotateRequest: {
            /**
             * Format: int64
             * @description How long the old key counts beside the new one.
             * @default 86400
             */
            overlapSeconds?: number | null;
        };
        /**
         * @description What a run can show for itself: the claim of those who run the DON, which signatures and the chain back where there
         *     is a report.
         */
        Run: {
            /** @description The execution. */
            executionId: components["schemas"]["Hash"];
            /** @description When its outcome was stored. */
            endedAt: components["schemas"]["Timestamp"];
            /**
             * @description The workflow: its code and configuration. `local:` stands before the id of code that was not built for a DON; reports
             *     carry the id without it.
             */
            workflowId: string;
            /** @description Names the DON and its signers, as the context of every report does. */
            configDigest: components["schemas"]["Hash"];
            /**
             * Format: int32
             * @description How many nodes may be faulty; a report carries the signatures of one more.
             */
            faultyMax: number;
            /**
             * Format: int64
             * @description The last block at which the nodes read.
             */
            blockNumber: number | null;
            /** @description What it said of the order. */
            verdict: components["schemas"]["OrderVerdict"];
            figures: components["schemas"]["RunFigures"] | null;
            report: components["schemas"]["SignedReport"] | null;
            /** @description The nodes. */
            nodes: components["schemas"]["RunNode"][];
            /** @description Milliseconds of each step that was reached: compliance, reserves, consensus, sign, deliver, confirm. */
            stepsMillis: {
                [key: string]: number;
            };
            delivery: components["schemas"]["RunDelivery"] | null;
            /** @description Whether something was left out for its size. */
            truncated: boolean;
            operator?: components["schemas"]["RunOperatorView"] | null;
        };
        /** @description A delivery, and the order's part of what it cost: all orders of a report share it equally, rounded down. */
        RunDelivery: {
            /** @description The transaction. */
            txHash: components["schemas"]["Hash"];
            /**
             * Format: int64
             * @description The order's part of the gas; null when somebody else paid.
             */
            gasShare: number | null;
            /** @description What a unit of gas cost, in wei. */
            gasPriceWei: string | null;
            /** @description The order's part of the fee, in wei. */
            feeShareWei: string | null;
        };
        /** @description Figures that a run compared. */
        RunFigures: {
            /** @description What backs the basket. */
            reserves: components["schemas"]["TokenAmount"];
            /** @description The source's time of that figure. */
            observedAt: components["schemas"]["Timestamp"];
            /** @description What was issued. */
            liability: components["schemas"]["TokenAmount"];
        };
        /** @description A node's part in a run. */
        RunNode: {
            /**
             * Format: int32
             * @description Its place in the DON.
             */
            id: number;
            /** @description The address that its signatures recover to. */
            signer: components["schemas"]["Address"];
            /** @description AGREED, LATE, SILENT, DISSENTED or FAULTY. */
            conduct: string;
            /** @description What it saw, source by source. */
            observations: components["schemas"]["RunObservation"][];
        };
        /** @description What a node saw of a reserve source. */
        RunObservation: {
            amount: components["schemas"]["TokenAmount"] | null;
            observedAt: components["schemas"]["Timestamp"] | null;
            /** @description AGREED, DIFFERS, NO_ANSWER, OPEN, or the word for what was wrong with the answer. */
            code: string;
        };
        /** @description A node as its operator knows it. */
        RunOperatorNode: {
            /**
             * Format: int32
             * @description Its place in the DON.
             */
            id: number;
            /** @description Its name in the key file. */
            name: string;
            /** @description What it did that others did not. */
            notes: string[];
        };
        /** @description What only operators see of a run. */
        RunOperatorView: {
            /** @description All orders of the run. */
            orders: components["schemas"]["RunOrder"][];
            /**
             * Format: int64
             * @description Gas of the whole delivery.
             */
            gasUsed: number | null;
            transmitter: components["schemas"]["Address"] | null;
            /** @description Names of the nodes, and what was noted about them. */
            nodes: components["schemas"]["RunOperatorNode"][];
            /** @description Reserve accounts that the nodes heard of. */
            accounts: string[];
        };
        /** @description An order of a run. */
        RunOrder: {
            /**
             * Format: uuid
             * @description Its mint.
             */
            mintId: string;
            /** @description Who receives the tokens. */
            beneficiary: components["schemas"]["Address"];
            /** @description How much. */
            amount: components["schemas"]["TokenAmount"];
            /** @description What the run said of it. */
            verdict: components["schemas"]["OrderVerdict"];
        };
        /**
         * @description What became of an order in a run, as far as the run can tell.
         * @enum {string}
         */
        RunOutcome: "delivered" | "refused" | "unsigned" | "lost";
        /** @description A call that the timelock may carry out from a moment on, unless it is cancelled. */
        ScheduledData: {
            /** @description The operation, by which it is cancelled or carried out; several calls may belong to one. */
            operation: components["schemas"]["Hash"];
            /** @description The contract that will be called. */
            target: components["schemas"]["Address"];
            /** @description The function: its signature where it is one of ours, else its selector; empty for a plain transfer. */
            call: string;
            /** @description From when on. */
            at: components["schemas"]["Timestamp"];
        };
        /**
         * @description Something that a key may be allowed to do.
         * @enum {string}
         */
        Scope: "mint:write" | "mint:read" | "reserve:read" | "event:read" | "basket:pause" | "basket:resume" | "audit:read" | "admin";
        /** @description What this is, and where everything is. */
        ServiceCard: {
            /** @description Always `cre-backend`. */
            service: string;
            /** @description Its version. */
            version: string;
            /**
             * Format: int64
             * @description The chain that it mints on; null, as are the contracts, where that chain has never answered yet.
             */
            chainId: number | null;
            chain: components["schemas"]["Chain"] | null;
            /** @description Whether it is a local test chain, whose money is worth nothing. */
            isLocal: boolean;
            creation: components["schemas"]["BasketCreation"] | null;
            basketFactory: components["schemas"]["Address"] | null;
            forwarder: components["schemas"]["Address"] | null;
            defaultStablecoin: components["schemas"]["Address"] | null;
            defaultConsumer: components["schemas"]["Address"] | null;
            /** @description Why this caller needs a key; null where none is needed. */
            keyNeeded: string | null;
            /** @description Method and path of every route. */
            endpoints: string[];
        };
        /** @description A browser session. */
        Session: {
            expiresAt: components["schemas"]["Timestamp"] | null;
        };
        /** @description A report with its signatures. */
        SignedReport: {
            /** @description What was signed: the digest of report and context. */
            digest: components["schemas"]["Hash"];
            /** @description Ids of the nodes whose signatures it carries. */
            signers: number[];
        };
        /** @description What a reserve source said. */
        SourceAnswer: {
            /** @description Its name. */
            name: string;
            /** @description What kind of backing it speaks of. */
            class: string;
            /** @description The form of its answers. */
            dialect: string;
            amount: components["schemas"]["TokenAmount"] | null;
            observedAt: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int64
             * @description How old that figure is.
             */
            ageSeconds: number | null;
            /** @description Why it proves nothing; empty when it does. */
            code: string;
            /** @description The same, more exactly. */
            word: string;
        };
        /** @description What became final of a basket in a range of time: `opening` + `minted` − `redeemed` = `closing`. */
        Statement: {
            /** @description Token of the basket. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Its present minting consumer. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description Beginning of the range, with it. */
            from: components["schemas"]["Timestamp"];
            /** @description End of the range, without it: `to` as it was asked for, or the latest time up to which the books are closed. */
            to: components["schemas"]["Timestamp"];
            /** @description Everything minted before the range, minus everything redeemed. */
            opening: components["schemas"]["TokenAmount"];
            /** @description Minted in the range. */
            minted: components["schemas"]["TokenAmount"];
            /** @description Redeemed in the range: always 0, redemption is not offered yet. */
            redeemed: components["schemas"]["TokenAmount"];
            /** @description What is left at the end of the range. */
            closing: components["schemas"]["TokenAmount"];
            /** @description The mints of the range in the order in which they became final, page by page. */
            lines: components["schemas"]["StatementLine"][];
            nextCursor: components["schemas"]["Cursor"] | null;
        };
        /** @description A mint that became final. */
        StatementLine: {
            /** @description When it became final. */
            bookedAt: components["schemas"]["Timestamp"];
            /**
             * Format: uuid
             * @description The mint.
             */
            mintId: string;
            /** @description How much. */
            amount: components["schemas"]["TokenAmount"];
            /** @description Who received the tokens. */
            beneficiary: components["schemas"]["Address"];
            /** @description The bank's reference of the payment; the mint's id where the caller gave none. */
            bankReference: string;
            /** @description The reference on chain. */
            reference: components["schemas"]["Hash"];
            mintTx: components["schemas"]["Hash"] | null;
            /**
             * Format: int64
             * @description Its block.
             */
            blockNumber: number | null;
        };
        /** @description Steps of a workflow run: the data of their event. */
        StepsData: {
            /** @description The lines that the run printed, one for each step. */
            steps: string[];
        };
        /** @description Mints in one state, with one code. */
        SummaryTotal: {
            /** @description Their state. */
            status: components["schemas"]["MintStatus"];
            /** @description The code that they ended with; null where they ended with none, or have not ended. */
            code: string | null;
            /**
             * Format: int64
             * @description How many there are.
             */
            mints: number;
            /** @description What they add up to. */
            amount: components["schemas"]["TokenAmount"];
        };
        /**
         * Format: date-time
         * @description An instant: RFC 3339 in UTC, with milliseconds.
         * @example 2026-11-30T04:20:30.000Z
         */
        Timestamp: string;
        /** @description What a token calls itself, and how much there is of it. */
        Token: {
            /** @description Its name. */
            name: string;
            /** @description Its symbol. */
            symbol: string;
            /**
             * Format: int32
             * @description Its decimals.
             */
            decimals: number;
            supply: components["schemas"]["TokenAmount"] | null;
        };
        /** @description A decimal number of whole tokens, exactly. */
        TokenAmount: string;
        /** @description A token for one order. */
        TokenRequest: {
            /** @description The order, exactly as it will be sent to `POST /mint`. */
            order: components["schemas"]["MintRequest"];
            /**
             * Format: int64
             * @description How long the order may be asked for.
             * @default 900
             */
            expiresInSeconds?: number | null;
        };
        /** @description A transaction, decoded. */
        Transaction: {
            /**
             * Format: int64
             * @description The chain.
             */
            chainId: number;
            /** @description Whether its block can no longer vanish. */
            final: boolean;
            time: components["schemas"]["Timestamp"] | null;
            call: components["schemas"]["Call"] | null;
            report: components["schemas"]["Report"] | null;
            /** @description The baskets that it concerns. */
            baskets: components["schemas"]["TransactionBasket"][];
            /** @description The orders that it decided. */
            mints: components["schemas"]["TransactionMint"][];
            /** @description Its receipt. */
            receipt: components["schemas"]["Receipt"];
        };
        /** @description A basket that a transaction concerns. */
        TransactionBasket: {
            /** @description Its token. */
            stablecoinAddress: components["schemas"]["Address"];
            /** @description Its minting consumer. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description The name it is registered under. */
            name: string | null;
        };
        /** @description An order that a transaction decided. */
        TransactionMint: {
            /** @description The reference on chain. */
            reference: components["schemas"]["Hash"];
            /**
             * Format: uuid
             * @description The mint of this gateway; null when no request here explains it.
             */
            mintId: string | null;
            /** @description The consumer that decided it. */
            mintingConsumerAddress: components["schemas"]["Address"];
            /** @description `MintExecuted` or `MintRejected`. */
            event: string;
        };
        /** @description Who holds what, and what is issued, as Bridge publishes it. */
        Transparency: {
            /** @description What backs the tokens. */
            accounts: components["schemas"]["BackingAccount"][];
            /** @description Where the tokens are. */
            supply: components["schemas"]["PublishedSupply"][];
        };
        /** @description A requirement that an identity does not meet. */
        UnmetRequirement: {
            /**
             * @description Its name; the id on chain where this gateway has no name for it.
             * @example kyc
             * @example no-aml-flag
             * @example accepted-jurisdiction
             */
            requirement: string;
            /** @description What meets it. */
            needs: string;
        };
        /** @description What the contracts say to an order. */
        VerdictAnswer: {
            /**
             * Format: int32
             * @description The contracts' code; 0 = accepted.
             */
            code: number;
            /**
             * @description The name of the code.
             * @example ACCEPTED
             * @example BLACKLISTED
             */
            name: string;
            policy: components["schemas"]["Address"] | null;
        };
        /** @description The allow list. */
        WhitelistAnswer: {
            /** @description It is in force. */
            required: boolean;
            /** @description The account is on it. */
            listed: boolean;
        };
        /** @description Who asks. */
        WhoAmI: {
            /** @description The account. */
            account: string;
            /** @description The key; null without one. */
            key: string | null;
            /** @description Who holds it. */
            holder: string | null;
            /** @description What the caller may do. */
            scopes: components["schemas"]["Scope"][];
            /** @description Grants of the account and, where it has some, of the key: both count. */
            grants: components["schemas"]["GrantSet"][];
            requests: components["schemas"]["RequestsLeft"] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getService: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The card. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceCard"];
                };
            };
            /** @description A browser, to the console. */
            303: {
                headers: {
                    /** @description Address of the console. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    listAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The accounts. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountList"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    createAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the account.
                 * @example acme
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountChange"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    setGrant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the account.
                 * @example acme
                 */
                id: string;
                /** @description Token or consumer of the basket, or `*`. */
                stablecoin: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GrantRequest"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`. */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    removeGrant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the account.
                 * @example acme
                 */
                id: string;
                /** @description Token or consumer of the basket, or `*`. */
                stablecoin: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`. */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getAttention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What there is. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attention"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    listBaskets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The baskets. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BasketList"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    registerBasket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BasketRequest"];
            };
        };
        responses: {
            /** @description Registered. */
            201: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredBasket"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`.
             *
             *     `BASKET_MISMATCH`: Token and consumer belong to different baskets. Take both addresses from one basket of `GET /baskets`.
             */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET" | "BASKET_MISMATCH";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getBalance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
                /** @description The account. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The balance. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    pauseBasket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorRequest"];
            };
        };
        responses: {
            /** @description Paused. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorAnswer"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    resumeBasket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatorRequest"];
            };
        };
        responses: {
            /** @description Resumed. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorAnswer"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getStatement: {
        parameters: {
            query: {
                /**
                 * @description What became final at this time or later.
                 * @example 2026-11-01T00:00:00Z
                 */
                from: string;
                /**
                 * @description What became final before this time, at most 92 days after `from`.
                 * @example 2026-12-01T00:00:00Z
                 */
                to: string;
                /** @description Only lines that follow: the `nextCursor` of the page before. */
                cursor?: components["schemas"]["Cursor"];
                /** @description Most lines in the page; a CSV file has all. */
                limit?: number;
                /**
                 * @description Only mints that this account of the gateway asked for; that of others takes `audit:read`.
                 * @example acme
                 */
                account?: string;
            };
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums, and one page of lines. */
            200: {
                headers: {
                    /** @description The next page, if there is one. */
                    Link?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"];
                    "text/csv": string;
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `TOO_MANY_STREAMS`: Too many event streams are open. Close one, or ask again after `Retry-After`. The same request may succeed later.
             *
             *     `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_STREAMS" | "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    explainCompliance: {
        parameters: {
            query?: {
                /** @description The basket's name, or the address of its token or consumer; the default basket where it is left out. */
                basket?: string;
                /** @description A decimal number of whole tokens; the smallest mint where it is left out. */
                amount?: string;
            };
            header?: never;
            path: {
                /** @description The account. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComplianceAnswer"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`.
             *
             *     `BASKET_MISMATCH`: Token and consumer belong to different baskets. Take both addresses from one basket of `GET /baskets`.
             */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET" | "BASKET_MISMATCH";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    beginSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Begun. */
            201: {
                headers: {
                    /** @description The session; scripts cannot read it. */
                    "Set-Cookie"?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `TOO_MANY_TOKENS`: The key has too many tokens or sessions. Use those that there are, or wait until some have expired. The same request may succeed later.
             *
             *     `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later.
             */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_TOKENS" | "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `TOO_MANY_TOKENS`: The key has too many tokens or sessions. Use those that there are, or wait until some have expired. The same request may succeed later.
             *
             *     `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later.
             */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_TOKENS" | "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    followEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Number of the last event that the caller has seen; 0 = from the beginning. */
                "Last-Event-ID"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream; `data` of each event is this. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `TOO_MANY_STREAMS`: Too many event streams are open. Close one, or ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_STREAMS" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Only keys after this one: the `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most keys in the page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyAnswer"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`. */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    keepKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepRequest"];
            };
        };
        responses: {
            /** @description These count again. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptKeys"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the key.
                 * @example 0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the key.
                 * @example 0123456789ab
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateRequest"];
            };
        };
        responses: {
            /** @description The successor. */
            201: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyAnswer"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    createMint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repetition safe: 1 to 255 printable ASCII characters, in quotes or not. Without it and without a
                 *     `bankReference` only this machine may ask.
                 * @example payment-0042
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description `respond-async` answers at once, `wait=N` waits at most N seconds (RFC 7240).
                 * @example wait=10
                 */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MintRequest"];
            };
        };
        responses: {
            /** @description Minted: the chain has the mint event. */
            200: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mint"];
                };
            };
            /** @description Accepted, and not decided yet: `status` says where it stands. */
            202: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint: ask there. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mint"];
                };
            };
            /**
             * @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name.
             *
             *     `IDEMPOTENCY_KEY_REQUIRED`: A key against minting twice is missing. Send an `Idempotency-Key` header or a `bankReference`.
             */
            400: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST" | "IDEMPOTENCY_KEY_REQUIRED";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /**
             * @description `CANCELLED`: The mint was cancelled. Send a new request if it is to be minted after all.
             *
             *     `DUPLICATE_REFERENCE`: The bank reference belongs to another mint. Check the payment: each one has a reference of its own and is minted once.
             */
            409: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CANCELLED" | "DUPLICATE_REFERENCE";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `IDEMPOTENCY_MISMATCH`: The idempotency key belongs to another request. Use a new key for a new request.
             *
             *     `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`.
             *
             *     `BASKET_MISMATCH`: Token and consumer belong to different baskets. Take both addresses from one basket of `GET /baskets`.
             *
             *     `CROSS_CHAIN_UNAVAILABLE`: Cross-chain delivery is not offered. Leave `crossChain` out.
             *
             *     `ACE_REJECTED`: A compliance policy refused the mint. `policy` and `reason` say which one and why; `GET /compliance/{address}` explains it.
             *
             *     `INVALID_ORDER`: The contracts refuse this order. Correct what `reason` names.
             *
             *     `MINT_CAP_EXCEEDED`: The basket's mint cap is used up. Wait for the next time window. The same request may succeed later.
             *
             *     `AMOUNT_LIMIT_EXCEEDED`: The caller's own limit is used up. Ask for at most `limit` less `spent`, or wait until `resetsAt`. The same request may succeed later.
             *
             *     `POR_INSUFFICIENT_RESERVES`: The reserves do not cover the mint. Raise the reserves by `deficit`, or ask for less; `GET /reserves` has the headroom.
             *
             *     `NO_RESERVE_ASSIGNED`: No reserve account backs the basket. Have a reserve account assigned to the basket.
             */
            422: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "IDEMPOTENCY_MISMATCH" | "UNKNOWN_BASKET" | "BASKET_MISMATCH" | "CROSS_CHAIN_UNAVAILABLE" | "ACE_REJECTED" | "INVALID_ORDER" | "MINT_CAP_EXCEEDED" | "AMOUNT_LIMIT_EXCEEDED" | "POR_INSUFFICIENT_RESERVES" | "NO_RESERVE_ASSIGNED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /** @description `WORKFLOW_FAILED`: The workflow failed. Try the mint again with `POST /mints/{mintId}/retry`. The same request may succeed later. */
            502: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "WORKFLOW_FAILED";
                    };
                };
            };
            /**
             * @description `TRANSMITTER_UNFUNDED`: The gateway cannot pay for a delivery. Ask again; the operator has to fund the transmitter keys. The same request may succeed later.
             *
             *     `POR_STALE`: The reserve proof is too old. Ask again when the reserve source has a new figure. The same request may succeed later.
             *
             *     `POR_UNAVAILABLE`: The reserve source does not answer as it should. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `POR_RIPCORD`: The reserve source pulled its emergency stop. Ask the attestor of the reserves. The same request may succeed later.
             *
             *     `POR_INVALID`: The reserve source cannot be believed. Ask the operator of the reserve source. The same request may succeed later.
             *
             *     `CIRCUIT_OPEN`: Minting of the basket is stopped. `reason` says why; `GET /reserves` shows when it goes on. The same request may succeed later.
             *
             *     `EXPIRED`: The order expired before it was carried out. Send it again. The same request may succeed later.
             *
             *     `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description `true` where an earlier request made the mint. */
                    "Idempotency-Replayed"?: string;
                    /** @description Address of the mint, where the request made or found one. */
                    Location?: string;
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TRANSMITTER_UNFUNDED" | "POR_STALE" | "POR_UNAVAILABLE" | "POR_RIPCORD" | "POR_INVALID" | "CIRCUIT_OPEN" | "EXPIRED" | "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    listMints: {
        parameters: {
            query?: {
                /** @description Only mints in this state; repeated: in one of these states. */
                status?: components["schemas"]["MintStatus"][];
                /** @description Only mints of the basket with this token or present consumer. */
                basket?: components["schemas"]["Address"];
                /**
                 * @description Only mints that this account of the gateway asked for; that of others takes `audit:read`.
                 * @example acme
                 */
                account?: string;
                /** @description Only mints for this account. */
                beneficiary?: components["schemas"]["Address"];
                /**
                 * @description Only mints that came with this bank reference.
                 * @example MT103-2026-0042
                 */
                bankReference?: string;
                code?: "INVALID_REQUEST" | "UNKNOWN_BASKET" | "BASKET_MISMATCH" | "CROSS_CHAIN_UNAVAILABLE" | "IDEMPOTENCY_MISMATCH" | "DUPLICATE_REFERENCE" | "ACE_REJECTED" | "INVALID_ORDER" | "MINT_CAP_EXCEEDED" | "POR_INSUFFICIENT_RESERVES" | "POR_STALE" | "POR_UNAVAILABLE" | "POR_RIPCORD" | "POR_INVALID" | "CIRCUIT_OPEN" | "AMOUNT_LIMIT_EXCEEDED" | "NO_RESERVE_ASSIGNED" | "EXPIRED" | "WORKFLOW_FAILED" | "TRANSMITTER_UNFUNDED" | "CHAIN_UNAVAILABLE" | "NOT_ALLOWED" | "STORE_UNAVAILABLE";
                /** @description Only mints whose mint event is in this transaction. */
                tx?: components["schemas"]["Hash"];
                /**
                 * @description Only mints accepted at this time or later.
                 * @example 2026-11-01T00:00:00Z
                 */
                createdFrom?: string;
                /**
                 * @description Only mints accepted before this time.
                 * @example 2026-12-01T00:00:00Z
                 */
                createdTo?: string;
                /**
                 * @description Only mints that changed at this time or later.
                 * @example 2026-11-30T00:00:00Z
                 */
                updatedFrom?: string;
                /** @description Only mints that follow in the list: the `nextCursor` of the page before. */
                cursor?: components["schemas"]["Cursor"];
                /** @description Most mints in the page; as CSV: in the file, which has all without it. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The next page, if there is one. */
                    Link?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintPage"];
                    "text/csv": string;
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `TOO_MANY_STREAMS`: Too many event streams are open. Close one, or ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_STREAMS" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    followMints: {
        parameters: {
            query: {
                /** @description A mint; repeated for up to 100. */
                id: string[];
            };
            header?: {
                /** @description Number of the last event that the caller has seen; 0 = from the beginning. */
                "Last-Event-ID"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream; `data` of each event is this. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description All of the mints have ended, and everything that happened to them was sent. */
            204: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `TOO_MANY_STREAMS`: Too many event streams are open. Close one, or ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_STREAMS" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    retryMints: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryRequest"];
            };
        };
        responses: {
            /** @description How many are queued again. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retried"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`.
             *
             *     `BASKET_MISMATCH`: Token and consumer belong to different baskets. Take both addresses from one basket of `GET /baskets`.
             */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET" | "BASKET_MISMATCH";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    summarizeMints: {
        parameters: {
            query: {
                /**
                 * @description Mints accepted at this time or later.
                 * @example 2026-11-01T00:00:00Z
                 */
                createdFrom: string;
                /**
                 * @description Mints accepted before this time, at most 92 days after `createdFrom`.
                 * @example 2026-12-01T00:00:00Z
                 */
                createdTo: string;
                /** @description Only mints of the basket with this token or present consumer. */
                basket?: components["schemas"]["Address"];
                /**
                 * @description Only mints that this account of the gateway asked for; that of others takes `audit:read`.
                 * @example acme
                 */
                account?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Counts and sums. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintSummary"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getMint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The mint's `mintId`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The mint as it stands. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mint"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    cancelMint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The mint's `mintId`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mint"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    followMint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Number of the last event that the caller has seen; 0 = from the beginning. */
                "Last-Event-ID"?: number;
            };
            path: {
                /** @description The mint's `mintId`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream; `data` of each event is this. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description The mint has ended, and everything that happened to it was sent. */
            204: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `TOO_MANY_STREAMS`: Too many event streams are open. Close one, or ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_STREAMS" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getMintEvidence: {
        parameters: {
            query?: {
                /** @description `operator` shows all of a run, on the machine that the gateway runs on. */
                view?: string;
            };
            header?: never;
            path: {
                /** @description The mint's `mintId`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its runs, newest last. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintEvidence"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    retryMint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `respond-async` answers at once, `wait=N` waits at most N seconds (RFC 7240).
                 * @example wait=10
                 */
                Prefer?: string;
            };
            path: {
                /** @description The mint's `mintId`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Minted: the chain has the mint event. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mint"];
                };
            };
            /** @description Under way again: `status` says where it stands. */
            202: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mint"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /**
             * @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way.
             *
             *     `CANCELLED`: The mint was cancelled. Send a new request if it is to be minted after all.
             *
             *     `DUPLICATE_REFERENCE`: The bank reference belongs to another mint. Check the payment: each one has a reference of its own and is minted once.
             */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED" | "CANCELLED" | "DUPLICATE_REFERENCE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `ACE_REJECTED`: A compliance policy refused the mint. `policy` and `reason` say which one and why; `GET /compliance/{address}` explains it.
             *
             *     `INVALID_ORDER`: The contracts refuse this order. Correct what `reason` names.
             *
             *     `MINT_CAP_EXCEEDED`: The basket's mint cap is used up. Wait for the next time window. The same request may succeed later.
             *
             *     `POR_INSUFFICIENT_RESERVES`: The reserves do not cover the mint. Raise the reserves by `deficit`, or ask for less; `GET /reserves` has the headroom.
             *
             *     `NO_RESERVE_ASSIGNED`: No reserve account backs the basket. Have a reserve account assigned to the basket.
             *
             *     `AMOUNT_LIMIT_EXCEEDED`: The caller's own limit is used up. Ask for at most `limit` less `spent`, or wait until `resetsAt`. The same request may succeed later.
             */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ACE_REJECTED" | "INVALID_ORDER" | "MINT_CAP_EXCEEDED" | "POR_INSUFFICIENT_RESERVES" | "NO_RESERVE_ASSIGNED" | "AMOUNT_LIMIT_EXCEEDED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /** @description `WORKFLOW_FAILED`: The workflow failed. Try the mint again with `POST /mints/{mintId}/retry`. The same request may succeed later. */
            502: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "WORKFLOW_FAILED";
                    };
                };
            };
            /**
             * @description `TRANSMITTER_UNFUNDED`: The gateway cannot pay for a delivery. Ask again; the operator has to fund the transmitter keys. The same request may succeed later.
             *
             *     `POR_STALE`: The reserve proof is too old. Ask again when the reserve source has a new figure. The same request may succeed later.
             *
             *     `POR_UNAVAILABLE`: The reserve source does not answer as it should. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `POR_RIPCORD`: The reserve source pulled its emergency stop. Ask the attestor of the reserves. The same request may succeed later.
             *
             *     `POR_INVALID`: The reserve source cannot be believed. Ask the operator of the reserve source. The same request may succeed later.
             *
             *     `CIRCUIT_OPEN`: Minting of the basket is stopped. `reason` says why; `GET /reserves` shows when it goes on. The same request may succeed later.
             *
             *     `EXPIRED`: The order expired before it was carried out. Send it again. The same request may succeed later.
             *
             *     `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TRANSMITTER_UNFUNDED" | "POR_STALE" | "POR_UNAVAILABLE" | "POR_RIPCORD" | "POR_INVALID" | "CIRCUIT_OPEN" | "EXPIRED" | "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every kind. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemList"];
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slug: "invalid-request" | "idempotency-key-required" | "unauthorized" | "scope-missing" | "restored" | "origin-not-allowed" | "not-found" | "method-not-allowed" | "cancelled" | "duplicate-reference" | "not-allowed" | "body-too-large" | "unsupported-media-type" | "host-not-allowed" | "unknown-basket" | "basket-mismatch" | "cross-chain-unavailable" | "idempotency-mismatch" | "ace-rejected" | "invalid-order" | "mint-cap-exceeded" | "por-insufficient-reserves" | "no-reserve-assigned" | "amount-limit-exceeded" | "rate-limited" | "too-many-tokens" | "internal" | "workflow-failed" | "transmitter-unfunded" | "por-stale" | "por-unavailable" | "por-ripcord" | "por-invalid" | "circuit-open" | "expired" | "chain-unavailable" | "store-unavailable" | "too-many-streams" | "timeout";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemPage"];
                    "text/html": string;
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything is there. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /** @description A part is missing; `checks` says which one. */
            503: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    listReserves: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReserveList"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getReserves: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReserveHistory"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getReserveHistory: {
        parameters: {
            query: {
                /**
                 * @description From this time on.
                 * @example 2026-11-01T00:00:00Z
                 */
                from: string;
                /**
                 * @description Up to this time, at most 92 days after `from`.
                 * @example 2026-12-01T00:00:00Z
                 */
                to: string;
                /** @description Equal parts into which the range is cut, of each of which the last reading is shown. */
                points?: number;
            };
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The readings. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReserveReadings"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderToken"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `ORIGIN_NOT_ALLOWED`: The page may not change anything here. Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages.
             *
             *     `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "ORIGIN_NOT_ALLOWED" | "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `NOT_ALLOWED`: The present state does not allow it. Look at the mint or the basket first; `detail` says what stands in the way. */
            409: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_ALLOWED";
                    };
                };
            };
            /** @description `BODY_TOO_LARGE`: The body is too large. Send the fields of the operation and nothing else. */
            413: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "BODY_TOO_LARGE";
                    };
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: The body is not plain JSON. Send `Content-Type: application/json` and no `Content-Encoding`. */
            415: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /**
             * @description `UNKNOWN_BASKET`: The factory has no such basket. Take a basket from `GET /baskets`.
             *
             *     `BASKET_MISMATCH`: Token and consumer belong to different baskets. Take both addresses from one basket of `GET /baskets`.
             *
             *     `CROSS_CHAIN_UNAVAILABLE`: Cross-chain delivery is not offered. Leave `crossChain` out.
             */
            422: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNKNOWN_BASKET" | "BASKET_MISMATCH" | "CROSS_CHAIN_UNAVAILABLE";
                    };
                };
            };
            /**
             * @description `TOO_MANY_TOKENS`: The key has too many tokens or sessions. Use those that there are, or wait until some have expired. The same request may succeed later.
             *
             *     `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later.
             */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "TOO_MANY_TOKENS" | "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getTransparency: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Token or present minting consumer of the basket. */
                basket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transparency"];
                };
            };
            /** @description `INVALID_REQUEST`: The request is malformed. Correct what `field` and `detail` name. */
            400: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INVALID_REQUEST";
                    };
                };
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    getTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Hash of the transaction. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description A browser, to the console's page of it. */
            303: {
                headers: {
                    /** @description Address of the page. */
                    Location?: string;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `NOT_FOUND`: There is no such thing. Check the path and the identifier in it. */
            404: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "NOT_FOUND";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `CHAIN_UNAVAILABLE`: The chain cannot be read. Ask again after `Retry-After`. The same request may succeed later.
             *
             *     `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "CHAIN_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            /** @description `UNAUTHORIZED`: A key is missing or not accepted. Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came. */
            401: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "UNAUTHORIZED";
                    };
                };
            };
            /**
             * @description `SCOPE_MISSING`: The key may not do this. `detail` names the scope; use a key that has it. `GET /whoami` lists those of a key.
             *
             *     `RESTORED`: The keys of a restored database do not count yet. An administrator has to name the keys to keep, with `POST /keys/keep`.
             */
            403: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "SCOPE_MISSING" | "RESTORED";
                    };
                };
            };
            /** @description `HOST_NOT_ALLOWED`: The request names another server. Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`. */
            421: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "HOST_NOT_ALLOWED";
                    };
                };
            };
            /** @description `RATE_LIMITED`: Too many requests. Ask again after `Retry-After`; the `RateLimit` header shows what is left. The same request may succeed later. */
            429: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "RATE_LIMITED";
                    };
                };
            };
            /** @description `INTERNAL`: An internal error. Tell the operator the `X-Request-Id` of the answer. The same request may succeed later. */
            500: {
                headers: {
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "INTERNAL";
                    };
                };
            };
            /**
             * @description `STORE_UNAVAILABLE`: The database does not answer. Ask again after `Retry-After`; nothing is lost. The same request may succeed later.
             *
             *     `TIMEOUT`: The request took too long. What was accepted goes on: ask `GET /mints`, or send the same request again. The same request may succeed later.
             */
            503: {
                headers: {
                    /** @description Seconds after which asking again makes sense. */
                    "Retry-After"?: number;
                    /** @description The request's id in the logs: the caller's own, or one of ours. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {string} */
                        code?: "STORE_UNAVAILABLE" | "TIMEOUT";
                    };
                };
            };
        };
    };
}
