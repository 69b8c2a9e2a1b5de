"""A text for the language model to learn from, written for this: easy words come back, long runs never do."""

from __future__ import annotations

VERSES = """\
The cat came home with mud on every paw.
She told the dog of all the things she saw.
A hen had lost her hat in the tall grass,
and three small frogs had let the old fox pass.
"Which hat?" the dog said. "Was it red or blue?"
"The hat was red," said the cat, "and nearly new."
So off they went to look along the lane
before the dark could come, before the rain.

Down by the mill a mouse sat in the sun.
He had four nuts to eat and shared not one.
"Good day," the cat began. "We seek a hat."
"A hat?" the mouse said. "I know more than that.
A bird flew over here at half past two
with something in her claws. Then off she flew."
"What bird?" the dog asked. "Was it big or small?"
"A big black bird. She sat upon that wall."

They thanked the mouse and ran to find the bird.
The wind blew hard, and thunder could be heard.
Up on the wall they found a feather, black as coal,
and under it a stone, and under that a hole.
"Is anybody in?" the cat called down.
A mole came up in his best coat of brown.
"Who shouts," he said, "while honest people sleep?
My house is small, but it is warm and deep."

"Dear mole," the dog said, "did you see a crow?"
"I see no crows. I never see. But I do know
the sound of wings. They went from here to there,
above the river, higher in the air."
The cat looked at the water, cold and wide.
"How does one get across to the far side?"
"You take the boat," the mole said with a yawn.
"The frogs will row you over until dawn."

The boat was made of wood and painted green.
The frogs were good at rowing, strong and clean.
One frog sang songs, another kept the time,
a third one told them jokes that did not rhyme.
"What do you pay us?" asked the frog in front.
"A fish," the cat said, "for I love to hunt."
"We eat no fish. We like a juicy fly."
"Then flies it is," the dog said with a sigh.

Across the stream there was a field of wheat,
and poppies in it, red and soft and sweet.
A scarecrow stood there with his arms held out.
He had a button nose and one long snout.
"Have you seen anything that flies?" they said.
The scarecrow slowly turned his straw-filled head.
"I should scare birds, but they are friends of mine.
They bring me news each morning, just at nine.

The crow you want lives in the oldest tree
that grows upon the hill. Climb up and see.
But mind the goat, who thinks the hill is his.
He asks each guest a question. Here it is:
what has a neck but never had a head?"
"A bottle!" barked the dog. "That's right," he said.
"Remember it, and do not be afraid.
The goat is loud, but mostly likes the shade."

They walked until the path began to climb.
The goat was there, and chewing, all the time.
"Stop! Not a step before you answer me:
what gets more wet the more it dries, you three?"
"There's only two of us," the dog replied.
"And you forgot the bottle!" the cat cried.
"That was last week," the goat said. "This is new."
They sat down on a log and thought it through.

A snail came by and stopped to catch her breath.
"The goat," she whispered, "bores us all to death.
A towel is the word you want to say.
It's what he asks on every second day."
"A towel!" cried the cat. The goat looked sad.
"You are the first to know it. I am glad
and also cross. Go on, go up, go by.
But shut the gate, or else my sheep will fly."

"Do sheep have wings?" the dog asked, very low.
"Not now," the goat said. "Not that you would know."
Above them stood the tree, all bent and gray.
Its leaves had fallen, and had blown away.
And on a branch, among some bits of string,
a silver spoon, a key, a curtain ring,
the big black crow was sitting on her nest,
and wore the missing hat, and looked her best.

"That hat belongs to someone that we know,"
the cat spoke up. "Please give it back, dear crow."
"It does not suit a hen," said the black bird.
"On me it is quite lovely. Have you heard
the swallows speak of it? They think it fine."
"But it is not your own." "It's nearly mine.
I found it lying empty on the ground.
And what one finds, one keeps. It has been found."

The dog sat down and scratched behind one ear.
"What would you take for it? We have some beer,
a ball, a bone, a bit of yellow cheese."
The crow thought hard. The branch shook in the breeze.
"I want a story, one with kings and gold,
with ships at sea, with snow, with nights of cold.
If it is good, I give the hat to you.
If it is dull, I keep it. Will that do?"

"Once," said the cat, "there was a king of snow.
His beard was white, his walk was very slow.
He had a ship of glass with sails of lace,
and every night he sailed to some new place.
He brought the children dreams in paper bags,
and for the old he carried woollen rags
that kept the cold out better than a fire.
No man on earth was richer, or was shyer.

One winter he came home and found a thief
who took his golden crown, and left a leaf.
The king just laughed. 'A crown is hard to wear.
It pinches, and it flattens all my hair.'
He planted that one leaf beside his door.
By spring there stood a tree, by June some more,
and when at last the thief came back for shame,
a forest sang to greet him by his name."

The crow was still. A tear ran down her beak.
It took her quite a while before she could speak.
"I am that thief," she said. "I always was.
I take bright things, and only just because.
Here, take the hat. And take the spoon as well.
The ring is for the goat, to hang his bell.
The key, I think, will open up a chest
that lies below the roots. Forget the rest."

They dug with paws and claws till it was night.
A lantern fish lent them a little light.
The chest was iron, with a rusty lock.
It stood between a pine root and a rock.
The key went in. It turned. The lid sprang wide.
"Oh look!" the dog called out. "Just look inside!"
No gold lay there, no pearls, no precious stones,
no purse of pennies, not a bag of bones.

There lay a map, drawn on a bedsheet, torn,
a pair of boots, a fiddle, and a horn.
"We know this place," the cat said. "There's the mill.
That line must be the river, this the hill.
But here's a house that I have never seen.
It has a yellow roof. The door is green."
"Then let us go," the dog said, "right away."
"First bring the hen her hat. Then call it day."

The moon was round and bright when they got back.
The hen was waiting, knitting in her shack.
"My hat!" she clucked. "My own dear hat of red!"
She hugged them both, and put it on her head.
She made them soup with carrots, beans and peas,
and pancakes after that, as many as you please.
The rain began at ten. They heard it drum
and were quite happy that they had not come

home later, wet, with nothing in their hands.
The hen said, "Tell me now about those lands
beyond the stream. I never was so far."
They told her all of it, and how a star
fell down behind the hill and hissed and died.
"I'd like to come along next time," she sighed.
"Then come," they said. "Tomorrow we set out
to find that yellow roof. Bring bread, and trout."

At six the rooster crowed. They packed a bag:
two loaves, a jar of plums, a towel, a flag.
The boots from out the chest, which fitted none,
they filled with apples, reddened by the sun.
The dog could play the horn, the hen could sing.
The cat took up the fiddle, tuned a string,
and so they marched in step through dew and clover,
till half the farm woke up and looked them over.

"Where to so early?" asked a sleepy cow.
"We're off to find a house." "What for? And how?"
"We have a map," they answered. "Look, it's here."
The cow bent down and licked it. "Oh, oh dear.
It tasted so of salt, I ate the end."
"The house was on that corner! Thanks, my friend,"
the hen said, flapping. But the cat just grinned.
"I learned it all by heart. East, with the wind."

They met a donkey resting by a well.
He sold old clocks, and each clock had a bell.
"What time is it?" the dog asked. "Take your pick.
This says it's noon. That one is rather quick.
And here is midnight, if you want to sleep."
They chose a quarter to, for it was cheap,
and hung it on a stick, where it went round
and struck eleven with a brassy sound.

By afternoon they reached a wood of birch.
An owl was reading loudly from her perch.
"Be quiet in the library," she hissed.
"All books are in the leaves. Which one was missed?"
"We only wish to pass." "Then read one page.
It's law here, for all persons of your age."
The hen picked out a leaf, and so she read
of how to bake a loaf of ginger bread.

It made them hungry. Under a broad oak
they lit a tiny fire with little smoke,
ate up the plums and half a loaf with cheese,
and threw the crumbs to sparrows and to bees.
"Is it still far?" the hen asked. "My feet ache."
"Behind those trees," the cat said, "lies a lake.
Around the lake a road goes, and its end
must be the place, just past the second bend."

A heron stood there fishing on one leg.
"Please, may we walk along here?" "You may beg,
or you may dance. I don't mind which you choose,
but no one walks this shore in muddy shoes."
"We have no shoes," the dog said. "Only paws."
"Then you may pass. I do not make the laws."
And so they went on tiptoe through the reeds
that whispered, bent, and scattered all their seeds.

Then, round the bend, a yellow roof appeared.
A goose came out to meet them with a beard
of foam, for she was brushing every tooth.
"But geese have none," the hen said. "That's the truth,"
the goose replied. "And still I brush. Come in.
You bring my boots, I see, my horn, my violin.
I buried them when I was very young,
the year my sister went to sea, unsung.

I drew the map and told the crow to keep
the key until some folk, awake, asleep,
or brave enough to listen, climbed her tree.
It took you forty years to come to me.
Sit down, sit down! The kettle's on the boil.
I planted tea and lemons in this soil."
They sat. They drank. The evening sky turned pink.
The goose told tales. The lamp began to blink.

"My sister wrote me letters, one a year,
from towns with names that I have yet to hear
another soul pronounce. The last one said:
'I built a ship of glass. The sails are red.'"
"Of glass?" the cat said, sitting up. "How strange.
I made that up! Or did my story change
to something true while I was telling it?"
The fire burned low. They wondered for a bit.

Outside, a bell rang far away, then near.
"A ship!" the dog called. "There's a light, right here,
upon the water!" And they ran to look.
Between the lilies, shining like a brook
of stars, a ship of glass came gliding in.
A goose stood at the helm. She wore a grin.
"I smelled the tea," she shouted, "from the bay!
I turned around and sailed here straight away."

The sisters laughed and wept and danced a round.
The hen's hat fell, and rolled along the ground,
until the captain caught it with her wing.
"A hat like this," she said, "is fit to bring
good luck at sea. What would you sell it for?"
The hen looked at the ship, and at the shore,
and at her friends. "It's not for sale," she said,
"but it can come on board upon my head."

And so, next morning, with the wind from west,
the crew set sail. The crow had left her nest
to be the lookout, high up on the mast.
The frogs came too, for rowing, if not fast.
The donkey wound the clocks and kept the log,
and at the front there sat, as proud as any, the dog.
The cat lay in the sun and told them all
of kings, of forests, and the talking wall.

If you should see a ship with sails of red,
a hen on deck, a hat upon her head,
then wave your hand, and call across the foam,
and ask them when they think of coming home.
"When we have seen it all," they will reply,
"the islands and the whales that learn to fly,
the mountain made of bells, the singing sand.
Till then, we send our love to those on land."
"""
"""About 11,600 characters, 57 different ones. No run of 20 characters comes twice."""
